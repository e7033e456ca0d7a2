"""Screens of the web client, each by what leads to it: scene(context, aurora) gives the page as it is to be seen, in whichever language it is."""

import pathlib

from words import said

ROOT = pathlib.Path(__file__).resolve().parents[2]
BOX = "#messageInput"


def arrive(context, aurora, path="/chat", name="ana"):
    """As that person, who signs in if nobody has."""
    page = context.page(path)
    page.see("#password, .app")
    if not page.is_visible("#password"):
        return page
    person = aurora.people[name]
    page.fill("#username", person.email)
    page.fill("#password", person.password)
    page.press("Enter")
    page.see(".side")
    page.goto(path)
    return page.see(".app")


def channel(context, aurora, name="incidents"):
    page = arrive(context, aurora, f"/c/{aurora.channels[name]['id']}")
    page.see(".dock")
    page.see("#messagesContainer li >> nth=0" if name != "moderation" else "#messagesContainer .start")
    return page


def walk(page, steps):
    """Each step is a selector to click, a key to press after "key:", a text to type after "type:", where the pointer goes after "hover:", or what must
    be seen after "see:"; {key} in it is a word of the page's language."""
    code = page.evaluate("document.documentElement.lang")
    for step in steps:
        kind, _, rest = said(code, step).partition(":")
        {"key": page.press, "type": page.type, "see": page.see, "hover": page.hover}.get(kind, lambda _: page.click(said(code, step)))(rest)  # noqa: B023
    return page


def door(path, *steps, there="#password"):
    def scene(context, _aurora):
        return walk(context.page(path).see(there), steps)
    return scene


def after(*steps, at="incidents"):
    def scene(context, aurora):
        return walk(channel(context, aurora, at), steps)
    return scene


def on_message(which, *steps):
    """As after(), with the pointer on a message of #incidents first."""
    def scene(context, aurora):
        return walk(channel(context, aurora), (f'hover:.message[data-message-id="{getattr(aurora, which)["id"]}"]', *steps))
    return scene


# A connection that stands is not cut by the browser's own switch.
SOCKETS = """
    window.sockets = [];
    window.WebSocket = class extends WebSocket { constructor(...how) { super(...how); window.sockets.push(this); } };
"""


def offline(context, aurora):
    page = channel(context, aurora)
    page.add_init_script({"content": SOCKETS})
    page.reload()
    page.see(BOX)
    page.holds("sockets.some(one => one.readyState === 1)")
    context.set_offline(True)
    page.evaluate("sockets.forEach(one => one.close())")
    page.fill(BOX, "This one waits until the network is back.")
    page.press("Enter")
    page.see(".message.wait")
    return page.see(".bar")


def thread(context, aurora):
    page = channel(context, aurora)
    page.click(f'.message[data-message-id="{aurora.root["id"]}"] .thr')
    page.see("#infoPanel textarea")
    page.browser.ask(page.name, "mouse.move", 0, 0)  # off the message: its actions would stand in the picture
    return page


def from_list(*steps, name="ana"):
    def scene(context, aurora):
        return walk(arrive(context, aurora, name=name), steps)
    return scene


def unreachable(context, aurora):
    """Who comes back when nobody answers."""
    page = arrive(context, aurora)
    page.add_init_script({"content": "window.fetch = () => Promise.reject(new TypeError()); localStorage.removeItem('token');"})
    page.reload()
    return page.see(".away")


def refused(context, aurora):
    """A message that the server does not take."""
    page = channel(context, aurora)
    page.evaluate("""(real => {
        const told = () => Response.json({ code: 'channel.muted' }, { status: 403 });
        window.fetch = async (path, ask) => (ask.method === 'POST' && path.endsWith('/messages') ? told() : real(path, ask));
    })(window.fetch)""")
    page.fill(BOX, "Nobody will read this.")
    page.press("Enter")
    return page.see(".message.fail")


def with_file(context, aurora):
    page = channel(context, aurora)
    page.set_input_files("form.comp input[type=file]", str(ROOT / "web/public/favicon.svg"))
    return page.see(".up")


def tab(name):
    return f".dlg [data-tab={name}]"


MENU = '.side .ws [aria-label^="{menu}"]'
SETTINGS = ".side .foot .ib"
CHANNEL_SETTINGS = ("key:Control+.", '#infoPanel [aria-label="{channelSettings}"]')

VISITORS = {
    "signin": door("/login"),
    "register": door("/register"),
}

DESKTOP = {
    "chat": thread,
    "details": after("key:Control+.", "see:#infoPanel .info"),
    "search": after("key:Control+Shift+F", "see:#infoPanel input", "type:rollback", "key:Enter", "see:#infoPanel mark >> nth=0"),
    "activity": after('.side .row >> text="{activity}"', "see:#infoPanel .exc >> nth=0"),
    "threads": after('.side .row >> text="{threads}"', "see:#infoPanel .exc >> nth=0"),
    "saved": after('.side .row >> text="{saved}"', "see:#infoPanel .exc >> nth=0"),
    "drafts": after('.side .row >> text="{drafts}"', "see:#infoPanel .dr >> nth=0"),
    "switcher": after("key:Control+k", "see:.dlg input", "type:de", "see:.dlg [role=option] >> nth=0"),
    "browse": after('.side [aria-label="{addChannel}"]', "see:.dlg .pick"),
    "people": after('.side [aria-label="{newMessage}"] >> nth=0', "see:.dlg .pick"),
    "emoji": after("#emojiButton", "see:.emoji .grid button >> nth=5"),
    "complete": after(BOX, "type:Ask @", "see:.compl"),
    "commands": after(BOX, "type:/", "see:.compl"),
    "actions": on_message("root", '.message:hover [aria-label="{more}"]'),
    "person": on_message("root", ".message:hover > .av"),
    "lightbox": after(".shot", "see:dialog img"),
    "history": after("button.edited", "see:.versions"),
    "channel-about": after(*CHANNEL_SETTINGS, tab("about"), "see:.dlg [name=name]"),
    "channel-people": after(*CHANNEL_SETTINGS, tab("people"), "see:.dlg .pick"),
    "channel-permissions": after(*CHANNEL_SETTINGS, tab("permissions"), "see:.dlg select >> nth=0"),
    "channel-notices": after(*CHANNEL_SETTINGS, tab("notices"), "see:.dlg [type=radio] >> nth=0"),
    "settings": after(SETTINGS, tab("appearance")),
    "profile": after(SETTINGS, tab("profile")),
    "account": after(SETTINGS, tab("account")),
    "notices": after(SETTINGS, tab("notices")),
    "groups": after(MENU, '.menu button >> text="{groups}"', "see:.dlg .pick"),
    "own-emoji": after(MENU, '.menu button >> text="{emojiManage}"', "see:.dlg"),
    "keys": after("key:Control+/", "see:.sheet-keys"),
    "empty": after(at="moderation"),
    "offline": offline,
}

MOBILE = {
    "list": from_list(),
    "chat": channel,
    "thread": thread,
    "search": from_list('.mnav >> text="{search}"'),
    "settings": from_list('.mnav >> text="{you}"'),
    "switcher": from_list(".side .jump"),
}

# What has no picture in docs/screenshots.
MORE_VISITORS = {
    "signin-wrong": door("/login", "#username", "type:nobody@example.org", "#password", "type:not-the-password-1", "key:Enter", "see:[role=alert]:not(:empty)"),
    "forgot": door("/forgot", there="#email"),
    "forgot-sent": door("/forgot", "#email", "type:nobody@example.org", "key:Enter", "see:form [role=status]", there="#email"),
    "reset": door("/reset#" + "x" * 43),
    "verify": door("/verify#" + "x" * 43, there="button[type=submit]"),
    "invited": door("/register?invitation=abc"),
    "nothing": from_list("see:main.none", name="newcomer"),
    "no-activity": from_list('.side .row >> text="{activity}"', "see:#infoPanel .empty", name="newcomer"),
    "no-threads": from_list('.side .row >> text="{threads}"', "see:#infoPanel .empty", name="newcomer"),
    "no-saved": from_list('.side .row >> text="{saved}"', "see:#infoPanel .empty", name="newcomer"),
    "no-drafts": from_list('.side .row >> text="{drafts}"', "see:#infoPanel .empty", name="newcomer"),
    "no-groups": from_list(MENU, '.menu button >> text="{groups}"', "see:.dlg .empty", name="newcomer"),
}

MORE = {
    "message": on_message("root", "see:.message:hover .act"),
    "report": on_message("root", '.message:hover [aria-label="{more}"]', '.menu button >> text="{report}"', "see:.menu form"),
    "readers": on_message("root", '.message:hover [aria-label="{more}"]', '.menu button >> text="{readers}"', "see:.dlg .also"),
    "quoting": on_message("root", '.message:hover [aria-label="{more}"]', '.menu button >> text="{quoteMessage}"', "see:.quoting"),
    "editing": on_message("edited", '.message:hover [aria-label="{edit}"]', "see:.ed textarea"),
    "emoji": after("#emojiButton", "see:.emoji .grid button >> nth=5", "type:pizza", "see:.emoji .grid button >> nth=0"),  # one of thousands
    "later": after(BOX, "type:In the morning", '[aria-label="{sendLater}"]', "see:.later"),
    "own-emoji-new": after("#emojiButton", ".emoji .more", "see:.dlg form"),
    "file": with_file,
    "refused": refused,
    "toast": after(BOX, "type:/nonsense", "key:Enter", "see:.toast"),
    "guest": after("see:.dock .no", at="library"),
    "archived": after("see:.dock .no", at="launch"),
    "deleted": after("see:.message .gone", at="random"),
    "nothing-found": after("key:Control+Shift+F", "see:#infoPanel input", "type:xylophone", "key:Enter", "see:#infoPanel .empty"),
    "no-channel-found": after('.side [aria-label="{addChannel}"]', "see:.dlg .pick", ".dlg .find input", "type:xylophone", "see:.dlg .empty"),
    "create": after('.side [aria-label="{addChannel}"]', "see:.dlg .pick", ".dlg .find .btn", "see:.dlg [name=name]"),
    "invite": after(*CHANNEL_SETTINGS, tab("people"), ".dlg .find .btn", "see:.dlg .pick"),
    "organisation": after(SETTINGS, tab("organisation"), "see:.dlg [name=email]"),
    "quiet": after(SETTINGS, tab("notices"), ".dlg [name=quiet]", "see:.dlg [name=time_zone]"),
    "group": after(MENU, '.menu button >> text="{groups}"', ".dlg .pick button", "see:.dlg [name=handle]"),
    "section": after(MENU, '.menu button >> text="{sectionNew}"', "see:.dlg [name=name]"),
    "place-menu": after(MENU, "see:.menu"),
    "own-menu": after(".side .foot > button:first-child", "see:.menu"),
    "channel-menu": after("hover:.side .ch-row >> nth=0", ".side .ch-row > button >> nth=0", "see:.menu"),
    "section-menu": after('.side [aria-label$="Customers"]', "see:.menu"),
    "unreachable": unreachable,
}
