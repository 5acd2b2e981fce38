// A list of any length as a table: only the rows in sight are in the page, so ten thousand scroll as ten do.
// Its head sticks, j and k move, Enter opens, and it scrolls with whatever it stands in. Where it is narrow a
// row may be written as two lines instead of columns.
import './table.css';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, type ReactNode } from 'react';
import { Icon } from './icons.tsx';
import { StillAsking } from './still-asking.tsx';
import { Head, Row, Skeleton, type Column, type Item, type RowProps } from './table-row.tsx';
import { useElementSize } from './use-element-size.ts';
import { useRowKeys } from './use-row-keys.ts';
import { useScroller } from './use-scroller.ts';
import { useSeen } from './use-seen.ts';

export type { Column } from './table-row.tsx';

export interface TableProps<T> {
  /** What assistive technology calls it. */
  readonly label: string;
  readonly rows: readonly T[];
  /** Like `groupOf` the same from one rendering to the next, or all rows are measured anew each time. */
  readonly keyOf: (row: T) => string | number;
  /** Held in a constant or by useMemo, or every row is drawn anew each time. */
  readonly columns: readonly Column<T>[];
  /** Where a row leads; the first cell becomes the link and the whole row its surface. */
  readonly hrefOf?: (row: T) => string;
  /** The row whose detail is open. */
  readonly openKey?: string | number | undefined;
  /** Rows of the same group stand under its name: days. */
  readonly groupOf?: (row: T) => string;
  /** A row as up to two lines, where the table is narrower than 560 px. */
  readonly narrow?: (row: T) => ReactNode;
  /** Rows that glow once, because they came while somebody was looking. */
  readonly arrived?: (row: T) => boolean;
  /** Rows that are held back while the reader is further down. */
  readonly waiting?: { readonly text: string; readonly onShow: () => void } | undefined;
  readonly onAtTop?: (atTop: boolean) => void;
  /** Called while the end is near; the caller knows whether there is more. */
  readonly onNearEnd?: () => void;
  /** Rows of the real shape without their words, before the first are known. */
  readonly loading?: boolean;
  /** After the last row: that more is coming, or that this was all. */
  readonly end?: ReactNode;
}

const narrowPx = 560;
const headPx = 32;
const heightsPx = { mouse: 36, finger: 44, narrow: 60, group: 36 };
const finger = matchMedia('(pointer: coarse)');

export function Table<T>(props: TableProps<T>) {
  const { label, rows, columns, keyOf, openKey, groupOf, onAtTop, onNearEnd, waiting } = props;
  const rootRef = useRef<HTMLDivElement>(null);
  const bodyRef = useRef<HTMLDivElement>(null);
  const width = useElementSize(rootRef).width;
  const narrow = width > 0 && width < narrowPx ? props.narrow : undefined;
  const items = useMemo(() => itemsOf(rows, groupOf), [rows, groupOf]);
  const rowPx = narrow ? heightsPx.narrow : finger.matches ? heightsPx.finger : heightsPx.mouse;
  const { scroller, startPx } = useScroller(bodyRef);
  // The virtualizer lays all rows out again when it is given another function, and it is asked at each turn of
  // a wheel.
  const getItemKey = useCallback((index: number) => itemKey(items[index]!, keyOf), [items, keyOf]);
  const virtualizer = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller,
    estimateSize: (index) => (items[index]!.row === undefined ? heightsPx.group : rowPx),
    getItemKey,
    overscan: 10,
    scrollMargin: startPx,
    scrollPaddingStart: headPx,
  });
  useLayoutEffect(() => virtualizer.measure(), [virtualizer, rowPx]);
  useRowKeys(rootRef, {
    length: items.length,
    isRow: (index) => items[index]?.row !== undefined,
    openIndex: () => items.findIndex(({ row }) => row !== undefined && keyOf(row) === openKey),
    scrollTo: (index) => virtualizer.scrollToIndex(index),
  });
  const [topRef, topSeen] = useSeen();
  const [endRef, endSeen] = useSeen(600);
  useEffect(() => onAtTop?.(topSeen), [onAtTop, topSeen]);
  useEffect(() => {
    if (endSeen) onNearEnd?.();
  }, [endSeen, onNearEnd]);

  const tracks = narrow ? 'minmax(0, 1fr)' : columns.map((column) => column.width).join(' ');
  return (
    <div className={narrow ? 'table narrow' : 'table'} ref={rootRef} data-list>
      <div ref={topRef} className="table-top" />
      {waiting !== undefined && (
        <button
          type="button"
          className="button waiting"
          onClick={() => {
            waiting.onShow();
            virtualizer.scrollToOffset(0);
          }}
        >
          <Icon name="up" /> {waiting.text}
        </button>
      )}
      <div
        role="table"
        aria-label={label}
        aria-rowcount={props.loading ? -1 : items.length + 1}
        aria-busy={props.loading}
        style={{ '--tracks': tracks } as React.CSSProperties}
      >
        <Head columns={columns} narrow={narrow !== undefined} label={label} />
        <div
          role="rowgroup"
          ref={bodyRef}
          className="table-body"
          style={{ height: virtualizer.getTotalSize() }}
        >
          {virtualizer.getVirtualItems().map(({ index, key, start, size }) => (
            <Row
              key={key}
              row={items[index]!.row}
              group={items[index]!.group}
              index={index}
              top={start - startPx}
              height={size}
              open={openKey !== undefined && key === openKey}
              columns={columns as readonly Column<unknown>[]}
              narrow={narrow as RowProps['narrow']}
              hrefOf={props.hrefOf as RowProps['hrefOf']}
              arrived={props.arrived as RowProps['arrived']}
            />
          ))}
        </div>
        {props.loading && <Skeleton columns={columns.length} height={rowPx} />}
      </div>
      {props.loading && <StillAsking />}
      <div ref={endRef} className="table-end">
        {props.end}
      </div>
    </div>
  );
}

function itemsOf<T>(rows: readonly T[], groupOf: ((row: T) => string) | undefined): Item<T>[] {
  if (groupOf === undefined) return rows.map((row) => ({ row }));
  const items: Item<T>[] = [];
  let last: string | undefined;
  for (const row of rows) {
    const group = groupOf(row);
    if (group !== last) items.push({ group });
    items.push({ row });
    last = group;
  }
  return items;
}

function itemKey<T>(item: Item<T>, keyOf: (row: T) => string | number): string | number {
  return item.row === undefined ? `group ${item.group}` : keyOf(item.row);
}
