import { screen } from '@testing-library/react-native';
import { PixelRatio, StyleSheet, useWindowDimensions } from 'react-native';
import { renderSignedIn } from '../testing.tsx';
import { columnMax, size, space } from '../theme.ts';
import { BigNumber } from './big-number.tsx';
import { Row } from './row.tsx';

jest.mock('react-native/Libraries/Utilities/useWindowDimensions');
const dimensions = jest.mocked(useWindowDimensions);

function atScale(fontScale: number, width = 390) {
  dimensions.mockReturnValue({ width, height: 844, scale: 3, fontScale });
  jest.spyOn(PixelRatio, 'getFontScale').mockReturnValue(fontScale);
}

const sizeOf = (text: RegExp) => StyleSheet.flatten(screen.getByText(text).props['style']).fontSize;

test('an amount is as large as there is room for on its line, at every size of text', () => {
  for (const fontScale of [1, 2, 3]) {
    for (const text of ['1.00', '90,071,992,547,409.93']) {
      atScale(fontScale);
      renderSignedIn(<BigNumber text={text} currency="EUR" />);
      const seenPx = Number(sizeOf(/^[\d,.]+ EUR$/)) * fontScale;
      expect(seenPx * 0.6 * text.length).toBeLessThanOrEqual(390 - 2 * space.l);
      screen.unmount();
    }
  }
  atScale(1, columnMax * 2);
  renderSignedIn(<BigNumber text="1.00" currency="EUR" />);
  expect(sizeOf(/^1\.00 EUR$/)).toBe(size.balance);
});

test('with large text a value stands below its name, and nothing is cut off', () => {
  const directionOf = () =>
    StyleSheet.flatten(screen.getByRole('button').props['style']).flexDirection;
  for (const [fontScale, direction] of [
    [1, 'row'],
    [2, 'column'],
    [3, 'column'],
  ] as const) {
    atScale(fontScale);
    renderSignedIn(<Row title="msisdn::2348100000001" value="1.00" onPress={jest.fn()} />);
    expect(directionOf()).toBe(direction);
    expect(screen.getByText('msisdn::2348100000001').props['numberOfLines']).toBeUndefined();
    screen.unmount();
  }
});
