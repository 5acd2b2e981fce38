import { space } from '../theme.ts';

export const sectionTitle = {
  paddingHorizontal: space.l,
  paddingTop: space.l,
  paddingBottom: space.xs,
} as const;
