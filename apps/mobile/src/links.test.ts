import { readLink, requestLink } from './links.ts';

test('a request link opens Send with what it asks for', () => {
  const asked = {
    to: 'msisdn::2348100000001',
    minor: 1_250n,
    currency: 'EUR',
    note: 'Lunch & tea',
  };
  expect(readLink(requestLink(asked))).toEqual({ prefill: asked });
});

test('a link without an amount asks for none', () => {
  expect(readLink(requestLink({ to: 'acc_ada', note: '' }))).toEqual({
    prefill: { to: 'acc_ada' },
  });
});

test('a token is taken from the fragment, whatever app the link names', () => {
  for (const url of ['atlas://open#token=a.b.c', 'exp://10.0.0.2:8081/--/#token=a.b.c']) {
    expect(readLink(url)).toEqual({ token: 'a.b.c' });
  }
});

test('an amount that is none, or that overflows, is left to the person', () => {
  for (const minor of ['-5', '0', '1.5', '1e9', '12345678901234567890']) {
    expect(readLink(`atlas://open#to=ada&minor=${minor}&currency=EUR`)).toEqual({
      prefill: { to: 'ada' },
    });
  }
  expect(readLink('atlas://open#to=%E0%A4%A')).toBeUndefined();
  expect(readLink('atlas://open')).toBeUndefined();
});
