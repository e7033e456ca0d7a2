"""Small pieces of HTML. Everything that comes from the catalogue goes through text() or prose(), which escape it."""
import html
import json
import re


def text(value):
    return html.escape(str(value), quote=True)


def inline(value):
    """Text with `code` and **bold**."""
    parts = re.split(r"(`[^`]+`|\*\*[^*]+\*\*)", value)
    out = []
    for part in parts:
        if part.startswith("`") and len(part) > 2:
            out.append(f"<code>{text(part[1:-1])}</code>")
        elif part.startswith("**") and len(part) > 4:
            out.append(f"<strong>{text(part[2:-2])}</strong>")
        else:
            out.append(text(part))
    return "".join(out)


def prose(value):
    """Paragraphs."""
    return "".join(f"<p>{inline(p.strip())}</p>" for p in re.split(r"\n\s*\n", value.strip()) if p.strip())


def link(target, label):
    return f'<a href="#{text(target)}">{label}</a>'


def code_link(target, label):
    return link(target, f"<code>{text(label)}</code>")


def pre(value, label=""):
    caption = f"<figcaption>{text(label)}</figcaption>" if label else ""
    return f'<figure>{caption}<pre tabindex="0"><code>{text(value)}</code></pre></figure>'


def pretty(value):
    """JSON for reading: on one line where it fits, with indentation where it does not."""
    flat = json.dumps(value, ensure_ascii=False)
    return flat if len(flat) <= 88 else json.dumps(value, ensure_ascii=False, indent=2)


def table(head, rows, kind=""):
    """rows: lists of HTML; a row may be (id, cells)."""
    if not rows:
        return ""
    out = [f'<div class="scroll"><table{f" class={chr(34)}{kind}{chr(34)}" if kind else ""}><thead><tr>']
    out += [f'<th scope="col">{text(h)}</th>' for h in head]
    out.append("</tr></thead><tbody>")
    for row in rows:
        anchor, cells = row if isinstance(row, tuple) else (None, row)
        out.append(f'<tr id="{text(anchor)}">' if anchor else "<tr>")
        out += [f"<td>{cell}</td>" for cell in cells]
        out.append("</tr>")
    out.append("</tbody></table></div>")
    return "".join(out)


def section(anchor, title, *body):
    return f'<section id="{text(anchor)}"><h2>{text(title)}</h2>{"".join(body)}</section>\n'


def facts(rows):
    """Pairs of a name and HTML; those without content are left out."""
    cells = "".join(f"<div><dt>{text(name)}</dt><dd>{value}</dd></div>" for name, value in rows if value)
    return f'<dl class="facts">{cells}</dl>'
