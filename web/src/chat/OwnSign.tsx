import { ownEmoji } from './own.ts';

/** An emoji of the organisation; what is none stays the text that it is. */
export function OwnSign({ name }: { name: string }) {
  const emoji = ownEmoji().get(name);
  return emoji ? <img class="own-emoji" src={emoji.image_url} alt={`:${name}:`} title={`:${name}:`} /> : `:${name}:`;
}
