// The rows of a table: its head, a row as columns or as two lines, the name of a group, and the shape of rows
// that are not known yet.
import { memo, type ReactNode } from 'react';
import { Link } from 'wouter';

export interface Column<T> {
  readonly name: string;
  /** After the name, lighter: a unit. */
  readonly unit?: string | undefined;
  /** A track of CSS grid: '96px', 'minmax(0, 1fr)'. */
  readonly width: string;
  readonly align?: 'end';
  readonly cell: (row: T) => ReactNode;
}

/** A row of the list, or the name of the group that begins here. */
export type Item<T> =
  | { readonly group: string; readonly row?: never }
  | { readonly row: T; readonly group?: never };

const skeletonRows = 10;

export function Head<T>(props: {
  readonly label: string;
  readonly columns: readonly Column<T>[];
  readonly narrow: boolean;
}) {
  return (
    <div role="rowgroup" className={props.narrow ? 'hidden' : 'table-head'}>
      <div role="row" aria-rowindex={1} className="table-row">
        {props.narrow && <span role="columnheader">{props.label}</span>}
        {!props.narrow &&
          props.columns.map(({ name, unit, align }) => (
            <span key={name} role="columnheader" className={align}>
              {name}
              {unit !== undefined && <span className="code"> {unit}</span>}
            </span>
          ))}
      </div>
    </div>
  );
}

export interface RowProps {
  /** Undefined for the name of a group. */
  readonly row: unknown;
  readonly group: string | undefined;
  readonly index: number;
  readonly top: number;
  readonly height: number;
  readonly open: boolean;
  readonly columns: readonly Column<unknown>[];
  readonly narrow: ((row: unknown) => ReactNode) | undefined;
  readonly hrefOf: ((row: unknown) => string) | undefined;
  readonly arrived: ((row: unknown) => boolean) | undefined;
}

export const Row = memo(function Row(props: RowProps) {
  const { row, group, index, top, height, open, ...part } = props;
  const style = { transform: `translateY(${top}px)`, height };
  if (group !== undefined) {
    return (
      <div role="row" aria-rowindex={index + 2} className="table-group" style={style}>
        <span role="rowheader" aria-colspan={part.columns.length}>
          {group}
        </span>
      </div>
    );
  }
  const cells = part.narrow
    ? [{ name: 'narrow', align: undefined, cell: part.narrow }]
    : part.columns;
  const href = part.hrefOf?.(row);
  const classes = ['table-row', open && 'open', part.arrived?.(row) && 'arrived'].filter(Boolean);
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      data-index={index}
      className={classes.join(' ')}
      style={style}
    >
      {cells.map(({ name, align, cell }, i) => (
        <span key={name} role="cell" className={align}>
          {i === 0 && href !== undefined ? (
            <Link href={href} className="table-link" aria-current={open ? 'page' : undefined}>
              {cell(row)}
            </Link>
          ) : (
            cell(row)
          )}
        </span>
      ))}
    </div>
  );
});

export function Skeleton({
  columns,
  height,
}: {
  readonly columns: number;
  readonly height: number;
}) {
  return (
    <div aria-hidden="true" className="table-skeleton">
      {Array.from({ length: skeletonRows }, (_, row) => (
        <div key={row} className="table-row" style={{ height }}>
          {Array.from({ length: columns }, (__, cell) => (
            <span key={cell}>
              <span className="skeleton" style={{ width: 48 + ((row * 37 + cell * 23) % 40) }} />
            </span>
          ))}
        </div>
      ))}
    </div>
  );
}
