// Three ways to light the page. Radio buttons, because one of them always holds.
import { useId } from 'react';
import { Icon } from './icons.tsx';
import { chooseTheme, themeChoices, useThemeChoice } from './theme.ts';

const names = { system: 'As the system', light: 'Light', dark: 'Dark' };

export function ThemeSwitch() {
  const choice = useThemeChoice();
  const group = useId();
  return (
    <fieldset className="switch">
      <legend className="hidden">Theme</legend>
      {themeChoices.map((option) => (
        <label key={option} title={names[option]}>
          <input
            type="radio"
            name={group}
            checked={choice === option}
            onChange={() => chooseTheme(option)}
          />
          <Icon name={option} />
          <span className="hidden">{names[option]}</span>
        </label>
      ))}
    </fieldset>
  );
}
