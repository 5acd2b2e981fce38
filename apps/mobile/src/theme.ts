// Colours by role, from the Radix scales that the console uses; nothing else names a scale.
import {
  amber,
  amberDark,
  green,
  greenDark,
  indigo,
  indigoDark,
  red,
  redDark,
  slate,
  slateDark,
} from '@radix-ui/colors';
import { useColorScheme } from 'react-native';

export interface Theme {
  readonly page: string;
  readonly raised: string;
  readonly pressed: string;
  readonly line: string;
  /** The edge of a field: 3:1 against the page. */
  readonly edge: string;
  readonly text: string;
  readonly soft: string;
  readonly accent: string;
  readonly accentPressed: string;
  readonly accentText: string;
  readonly onAccent: string;
  /** Words of a state, on the page. */
  readonly good: string;
  readonly wait: string;
  readonly bad: string;
  readonly goodDot: string;
  readonly waitDot: string;
  readonly badDot: string;
  /** What has just changed, for a moment. */
  readonly glow: string;
}

const light: Theme = {
  page: '#ffffff',
  raised: slate.slate2,
  pressed: slate.slate4,
  line: slate.slate5,
  edge: slate.slate9,
  text: slate.slate12,
  soft: slate.slate11,
  accent: indigo.indigo9,
  accentPressed: indigo.indigo10,
  accentText: indigo.indigo11,
  onAccent: '#ffffff',
  good: green.green11,
  wait: amber.amber11,
  bad: red.red11,
  goodDot: green.green9,
  waitDot: amber.amber9,
  badDot: red.red9,
  glow: indigo.indigo4,
};

const dark: Theme = {
  page: slateDark.slate1,
  raised: slateDark.slate2,
  pressed: slateDark.slate4,
  line: slateDark.slate4,
  edge: slateDark.slate9,
  text: slateDark.slate12,
  soft: slateDark.slate11,
  accent: indigoDark.indigo9,
  accentPressed: indigo.indigo10,
  accentText: indigoDark.indigo11,
  onAccent: '#ffffff',
  good: greenDark.green11,
  wait: amberDark.amber11,
  bad: redDark.red11,
  goodDot: greenDark.green9,
  waitDot: amberDark.amber9,
  badDot: redDark.red9,
  glow: indigoDark.indigo5,
};

export function useTheme(): Theme {
  return useColorScheme() === 'dark' ? dark : light;
}

/** Steps of four; a control is 44 high, so that a thumb finds it. */
export const space = { xs: 4, s: 8, m: 12, l: 16, xl: 24, xxl: 32 } as const;
export const size = { small: 13, text: 16, title: 20, balance: 44 } as const;
/** No wider than a hand. */
export const columnMax = 480;
export const control = 44;
export const radius = 10;
