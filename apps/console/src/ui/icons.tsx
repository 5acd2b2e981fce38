// The few signs the console needs, drawn on a grid of 16. They always stand beside a word or carry
// a label on their button, so they are hidden from assistive technology themselves.

const paths = {
  accounts: 'M2.5 4.5h11v8h-11zM2.5 7.5h11M5 10.2h2',
  payments: 'M3 5.5h9.5M10 3l2.5 2.5L10 8M13 10.5H3.5M6 8l-2.5 2.5L6 13',
  overview: 'M2.5 2.5h4.5v6H2.5zM9 2.5h4.5v3H9zM9 7.5h4.5v6H9zM2.5 10.5h4.5v3H2.5z',
  realtime:
    'M8 9.2a1.2 1.2 0 1 0 0-2.4 1.2 1.2 0 0 0 0 2.4ZM5.2 10.8a4 4 0 0 1 0-5.6M10.8 5.2a4 4 0 0 1 0 5.6M3.1 12.9a7 7 0 0 1 0-9.8M12.9 3.1a7 7 0 0 1 0 9.8',
  overload: 'M2.2 11.5a6 6 0 1 1 11.6 0M8 10l2.8-3.6M8 11a1 1 0 1 0 0-2 1 1 0 0 0 0 2Z',
  audit: 'M4 2.5h8v11H4zM6.2 5.5h3.6M6.2 8h3.6M6.2 10.5h2',
  clock: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12ZM8 4.8V8l2.2 1.6',
  keyboard: 'M1.8 4.5h12.4v7H1.8zM4.2 7h.1M6.7 7h.1M9.2 7h.1M11.7 7h.1M5.5 9.2h5',
  leave: 'M6.5 2.5h-4v11h4M6.5 8h7M10.8 5.2 13.6 8l-2.8 2.8',
  download: 'M8 2.5v7.5M4.8 7.2 8 10.4l3.2-3.2M2.5 13.5h11',
  search: 'M7 11.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9ZM10.3 10.3l3.2 3.2',
  plus: 'M8 3.5v9M3.5 8h9',
  close: 'M4 4l8 8M12 4l-8 8',
  send: 'M13.5 2.5 7.3 8.7M13.5 2.5l-4 11-2.2-4.8-4.8-2.2z',
  back: 'M10 3 5 8l5 5',
  copy: 'M6 6h7.5v7.5H6zM10 6V2.5H2.5V10H6',
  check: 'm3 8.5 3.2 3.2L13 4.8',
  alert: 'M8 2.2 14.3 13H1.7zM8 6.4v3M8 11.2v.1',
  question: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12ZM6.3 6.4A1.8 1.8 0 1 1 8 8.7v.6M8 11.3v.1',
  up: 'M8 13V3.5M4 7.2l4-4 4 4',
  person:
    'M8 8a2.7 2.7 0 1 0 0-5.4A2.7 2.7 0 0 0 8 8ZM2.8 13.6c.6-2.3 2.7-3.6 5.2-3.6s4.6 1.3 5.2 3.6',
  system: 'M2 3h12v8H2zM6 13.5h4',
  light:
    'M8 10.8a2.8 2.8 0 1 0 0-5.6 2.8 2.8 0 0 0 0 5.6ZM8 1.5v1.3M8 13.2v1.3M1.5 8h1.3M13.2 8h1.3M3.4 3.4l.9.9M11.7 11.7l.9.9M3.4 12.6l.9-.9M11.7 4.3l.9-.9',
  dark: 'M13.3 9.6A5.8 5.8 0 0 1 6.4 2.7a5.8 5.8 0 1 0 6.9 6.9Z',
} as const;

export type IconName = keyof typeof paths;

export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg className="icon" viewBox="0 0 16 16" aria-hidden="true">
      <path d={paths[name]} />
    </svg>
  );
}
