// How much larger than usual the person wants text. Phones enlarge it by themselves; a browser has a size of its
// own, which is set in it.
import { Platform, useWindowDimensions } from 'react-native';

/** What sizes of text are multiplied with here. */
export const textScale = Platform.OS === 'web' ? rootFontPx() / 16 : 1;

/** How large text comes out in the end; from `largeText` on, what stands side by side stands below each other. */
export function useTextScale(): number {
  return useWindowDimensions().fontScale * textScale;
}

export const largeText = 1.6;

function rootFontPx(): number {
  return Number.parseFloat(window.getComputedStyle(document.documentElement).fontSize) || 16;
}
