import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lineOf } from './csv.ts';

test('cells with commas, quotes or line breaks are quoted, and nothing else is', () => {
  assert.equal(
    lineOf(['a', 'b,c', 'say "x"', 'two\nlines', null, 7n]),
    'a,"b,c","say ""x""","two\nlines",,7\r\n',
  );
});

test('no cell is a formula to a spreadsheet, and amounts stay numbers', () => {
  assert.equal(
    lineOf(['=1+1', '+a', '@x', '-x', '-12.50', -3n]),
    `'=1+1,'+a,'@x,'-x,-12.50,-3\r\n`,
  );
  assert.equal(lineOf(['=HYPERLINK("x","y")']), `"'=HYPERLINK(""x"",""y"")"\r\n`);
});
