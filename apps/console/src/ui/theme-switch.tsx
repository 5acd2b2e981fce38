// Three ways to light the page. Radio buttons, because one of them always holds.
import { useId, useState } from 'react';
import { Icon } from './icons.tsx';
import { chooseTheme, themeChoice, themeChoices } from './theme.ts';

const names = { system: 'As the system', light: 'Light', dark: 'Dark' };

export function ThemeSwitch() {
  const [choice, setChoice] = useState(themeChoice);
  const group = useId();
  return (
    <fieldset className="theme-switch">
      <legend className="hidden">Theme</legend>
      {themeChoices.map((option) => (
        <label key={option} title={names[option]}>
          <input
            type="radio"
            name={group}
            checked={choice === option}
            onChange={() => {
              chooseTheme(option);
              setChoice(option);
            }}
          />
          <Icon name={option} />
          <span className="hidden">{names[option]}</span>
        </label>
      ))}
    </fieldset>
  );
}
