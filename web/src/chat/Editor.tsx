// The box in which one changes a message; what is half written survives a reload.
import { useLayoutEffect, useRef } from 'preact/hooks';
import { t } from '../core/i18n.ts';
import type { Message } from '../core/types.ts';
import { mouse } from '../platform/look.ts';
import { grow } from './MessageRow.tsx';
import { editing, failed, session } from './state.ts';

function edit(message: Message, content: string): Promise<boolean> {
  return session.api.call('PUT', `/messages/${message.id}`, { body: { content } }).then(
    () => true,
    wrong => {
      failed(wrong);
      return false;
    },
  );
}

export function Editor({ m }: { m: Message }) {
  const box = useRef<HTMLTextAreaElement>(null);
  const begun = useRef(m);
  const close = () => {
    session.edits.drop(m.id);
    editing.value = null;
    document.getElementById('messageInput')?.focus();
  };
  const put = async () => {
    const text = box.current?.value.trim() ?? '';
    if (text && text !== m.content && !(await edit(m, text))) return;
    close();
  };
  // Before anybody can type: what is written is not to find the cursor moved.
  useLayoutEffect(() => {
    const node = box.current;
    if (!node) return;
    node.focus();
    node.setSelectionRange(node.value.length, node.value.length);
    grow(node);
  }, []);
  return (
    <div class="comp ed">
      <textarea
        ref={box}
        aria-label={t('editMessage')}
        defaultValue={session.edits.get(begun.current)}
        onInput={event => {
          session.edits.put(begun.current, event.currentTarget.value);
          grow(event.currentTarget);
        }}
        onKeyDown={event => {
          if (event.isComposing) return;
          if (event.key === 'Escape') {
            event.stopPropagation();
            close();
          } else if (event.key === 'Enter' && !event.shiftKey && mouse()) {
            event.preventDefault();
            void put();
          }
        }}
      />
      <div class="tb">
        <span class="sp">{mouse() && t('editHint')}</span>
        <button type="button" class="btn sm q" onClick={close}>
          {t('cancel')}
        </button>
        <button type="button" class="btn sm p" onClick={() => void put()}>
          {t('save')}
        </button>
      </div>
    </div>
  );
}
