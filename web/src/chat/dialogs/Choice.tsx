// One of a few, all of them to be seen.
import { type Key, t } from '../../core/i18n.ts';

export function Choice<T extends string>(p: { name: Key; values: T[]; value: T; onChange: (value: T) => void }) {
  return (
    <fieldset class="choice">
      <legend>{t(p.name)}</legend>
      {p.values.map(value => (
        <label key={value}>
          <input
            type="radio"
            name={p.name}
            value={value}
            checked={p.value === value}
            onChange={() => p.onChange(value)}
          />
          <span>{t(`${p.name}.${value}` as Key)}</span>
        </label>
      ))}
    </fieldset>
  );
}
