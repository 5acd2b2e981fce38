// The mark of Atlas, beside its name.
export function Mark() {
  return (
    <svg className="mark" viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="7" />
      <path d="M8.5 23 16 8l7.5 15M11.6 17h8.8" />
    </svg>
  );
}
