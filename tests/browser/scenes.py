"""Screens of the web client, each by what leads to it: scene(context, aurora) gives the page as it is to be seen."""

BOX = "#messageInput"


def sign_in(context, aurora, name="ana"):
    person = aurora.people[name]
    page = context.page("/login")
    page.fill("#username", person.email)
    page.fill("#password", person.password)
    page.press("Enter")
    page.see(".side")
    return page


def channel(context, aurora, name="incidents"):
    page = sign_in(context, aurora)
    page.goto(f"/c/{aurora.channels[name]['id']}")
    page.see(BOX)
    page.see("#messagesContainer li >> nth=0" if name != "moderation" else "#messagesContainer .start")
    return page


def door(path, fill=()):
    def scene(context, _aurora):
        page = context.page(path)
        page.see("#password")
        for selector, text in dict(fill).items():
            page.fill(selector, text)
        return page
    return scene


def after(*steps, at="incidents"):
    """Each step is a selector to click, a key to press after "key:", a text to type after "type:", or what must be seen after "see:"."""
    def scene(context, aurora):
        page = channel(context, aurora, at)
        for step in steps:
            kind, _, rest = step.partition(":")
            {"key": page.press, "type": page.type, "see": page.see}.get(kind, lambda _: page.click(step))(rest)  # noqa: B023
        return page
    return scene


def on_message(which, *steps):
    """As after(), with the pointer on a message of #incidents first."""
    def scene(context, aurora):
        page = channel(context, aurora)
        page.hover(f'.message[data-message-id="{getattr(aurora, which)["id"]}"]')
        for step in steps:
            page.click(step)
        return page
    return scene


def offline(context, aurora):
    page = channel(context, aurora)
    context.set_offline(True)
    page.evaluate("window.dispatchEvent(new Event('offline'))")
    page.fill(BOX, "This one waits until the network is back.")
    page.press("Enter")
    page.see(".message.wait")
    return page


def thread(context, aurora):
    page = channel(context, aurora)
    page.click(f'.message[data-message-id="{aurora.root["id"]}"] .thr')
    page.see("#infoPanel textarea")
    page.browser.ask(page.name, "mouse.move", 0, 0)  # off the message: its actions would stand in the picture
    return page


def from_list(*steps):
    def scene(context, aurora):
        page = sign_in(context, aurora)
        page.goto("/chat")
        page.see(".side")
        for step in steps:
            page.click(step)
        return page
    return scene


def tab(name):
    return f".dlg [data-tab={name}]"


MENU = '.side .ws [aria-label^="Menu"]'
SETTINGS = ".side .foot .ib"
CHANNEL_SETTINGS = ("key:Control+.", '#infoPanel [aria-label="Channel settings"]')

DESKTOP = {
    "signin": door("/login"),
    "register": door("/register"),
    "chat": thread,
    "details": after("key:Control+.", "see:#infoPanel .info"),
    "search": after("key:Control+Shift+F", "see:#infoPanel input", "type:rollback", "key:Enter", "see:#infoPanel mark >> nth=0"),
    "activity": after(".side .row >> text=Activity", "see:#infoPanel .exc >> nth=0"),
    "threads": after(".side .row >> text=Threads", "see:#infoPanel .exc >> nth=0"),
    "saved": after(".side .row >> text=Saved", "see:#infoPanel .exc >> nth=0"),
    "drafts": after('.side .row >> text="Drafts and scheduled"', "see:#infoPanel .dr >> nth=0"),
    "switcher": after("key:Control+k", "see:.dlg input", "type:de", "see:.dlg [role=option] >> nth=0"),
    "browse": after('.side [aria-label="Browse channels"]', "see:.dlg .pick"),
    "people": after('.side [aria-label="New message"] >> nth=0', "see:.dlg .pick"),
    "emoji": after("#emojiButton", "see:.emoji .grid button >> nth=5"),
    "complete": after(BOX, "type:Ask @", "see:.compl"),
    "commands": after(BOX, "type:/", "see:.compl"),
    "actions": on_message("root", '.message:hover [aria-label="More actions"]'),
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
    "groups": after(MENU, '.menu button >> text="Groups"', "see:.dlg .pick"),
    "own-emoji": after(MENU, '.menu button >> text="Custom emoji"', "see:.dlg"),
    "keys": after("key:Control+/", "see:.sheet-keys"),
    "empty": after(at="moderation"),
    "offline": offline,
}

MOBILE = {
    "signin": door("/login"),
    "list": from_list(),
    "chat": channel,
    "thread": thread,
    "search": from_list(".mnav >> text=Search"),
    "settings": from_list(".mnav >> text=You"),
    "switcher": from_list('.side [aria-label="Jump to…"], .side .jump'),
}
