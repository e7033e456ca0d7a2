/* The thread that sends e-mail. Every statement is a transaction of its own: what is known of a
 * letter is in the database before and after the server is spoken to. */
#include "mailer.h"

#include "base/clock.h"
#include "base/id.h"
#include "base/log.h"
#include "base/metrics.h"
#include "domain/letter.h"
#include "domain/names.h"
#include "handlers/secrets.h"
#include "mail/smtp.h"
#include "settings.h"
#include "store/mail_token.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum {
    LOOK_MS = 250,         /* between two looks into an empty queue */
    AWAY_MS = 2000,        /* after the database could not be asked */
    FIGURES_MS = 2000,     /* between two counts of the queue */
    LEASE_MORE_MS = 30000, /* of a letter under way, beyond PALIQUE_SMTP_TIMEOUT */
    LAST_MS = 4000,        /* what a letter under way gets when the process ends */
    RESETS_MAX = 3,        /* letters for a new password that work at the same time */
    VERIFIES_MAX = 5,      /* and those to confirm an address */
    ARENA_MAX = 1 << 20
};

struct mailer {
    struct pal_service *service;
    const struct auth_settings *set;
    struct pal_smtp *smtp;
    pthread_t thread;
    pthread_mutex_t lock; /* of `ending`, held for no other */
    pthread_cond_t ended;
    bool ending;
    struct pal_metric *sent, *again, *given_up, *waiting, *failed, *age;
    /* the thread's own */
    struct pal_db *db;
    struct pal_arena arena;
    int64_t figures_at;
};

/* ---- one letter ---- */

static bool with_token(enum mail_kind kind)
{
    return kind != MAIL_CHANGED;
}

/* Somebody is there who may get it, and has use for it. */
static bool is_wanted(const struct mail *mail, const struct mail_facts *facts)
{
    if (mail->kind == MAIL_VERIFY)
        return !facts->verified && facts->recent < VERIFIES_MAX;
    return mail->kind != MAIL_RESET || facts->recent < RESETS_MAX;
}

static enum pal_code make_token(struct mailer *m, const struct mail *mail,
                                const struct mail_facts *facts, char token[SECRET_TEXT + 1],
                                struct pal_error *err)
{
    uint8_t hash[32];
    int64_t expires = mail->kind == MAIL_INVITATION ? facts->expires_ms
                      : mail->kind == MAIL_RESET    ? pal_now_ms() + LETTER_RESET_MS
                                                    : pal_now_ms() + LETTER_VERIFY_MS;
    token[0] = '\0';
    if (!with_token(mail->kind))
        return PAL_OK;
    secret_make(token, hash);
    return mail_token_insert(m->db, &m->arena, mail, facts, hash, expires, err);
}

static enum pal_smtp_result send(struct mailer *m, const struct mail *mail,
                                 const struct mail_facts *facts, const char *token, char *why)
{
    static const enum letter_kind kinds[] = {[MAIL_RESET] = LETTER_RESET,
                                             [MAIL_VERIFY] = LETTER_VERIFY,
                                             [MAIL_CHANGED] = LETTER_CHANGED,
                                             [MAIL_INVITATION] = LETTER_INVITATION};
    struct letter_text text;
    struct pal_str from = pal_str_of(m->set->mail_from);
    const struct letter_facts says = {.kind = kinds[mail->kind],
                                      .spanish = pal_str_eq(facts->language, PAL_STR("es")),
                                      .site = pal_str_of(m->set->public_url),
                                      .address = facts->address,
                                      .token = pal_str_of(token),
                                      .org_name = facts->org_name,
                                      .inviter = facts->inviter};
    enum pal_smtp_result result = PAL_SMTP_REFUSED;
    char *id = pal_arena_printf(&m->arena, "mail-%llu.%lld@%s", (unsigned long long)mail->id,
                                (long long)mail->created_ms, email_domain(from).p);
    if (letter_write(&says, &text) && id) {
        const struct pal_letter letter = {.from = from,
                                          .from_name = pal_str_of(m->set->mail_name),
                                          .to = facts->address,
                                          .subject = pal_buf_view(&text.subject),
                                          .text = pal_buf_view(&text.text),
                                          .html = pal_buf_view(&text.html),
                                          .id = pal_str_of(id),
                                          .written_ms = pal_now_ms()};
        result = pal_smtp_send(m->smtp, &letter, why);
    }
    letter_fini(&text);
    return result;
}

static enum pal_code settle(struct mailer *m, const struct mail *mail, enum pal_smtp_result result,
                            const char *why, struct pal_error *err)
{
    bool given_up = false;
    if (result == PAL_SMTP_SENT) {
        pal_metric_add(m->sent, 1);
        return mail_store_done(m->db, &m->arena, mail, err);
    }
    int64_t wait = result == PAL_SMTP_REFUSED ? -1
                   : result == PAL_SMTP_STOPPED
                       ? 0
                       : letter_wait_ms(m->set->mail_retry_ms, mail->attempts);
    enum pal_code code =
        mail_store_failed(m->db, &m->arena, mail, wait, pal_str_of(why), &given_up, err);
    pal_metric_add(given_up ? m->given_up : m->again, 1);
    pal_log(PAL_WARN, given_up ? "e-mail given up" : "e-mail put off", PAL_LI("mail", mail->id),
            PAL_LI("attempts", mail->attempts), PAL_LS("why", why));
    return code;
}

static enum pal_code deliver(struct mailer *m, const struct mail *mail, struct pal_error *err)
{
    struct mail_facts facts;
    char token[SECRET_TEXT + 1], why[PAL_SMTP_WHY_MAX] = "";
    enum pal_code code = mail_facts_get(m->db, &m->arena, mail, &facts, err);
    if (code == PAL_NOT_FOUND || (code == PAL_OK && !is_wanted(mail, &facts)))
        return mail_store_done(m->db, &m->arena, mail, err);
    if (code == PAL_OK)
        code = make_token(m, mail, &facts, token, err);
    if (code != PAL_OK)
        return code;
    enum pal_smtp_result result = send(m, mail, &facts, token, why);
    explicit_bzero(token, sizeof token);
    return settle(m, mail, result, why, err);
}

/* ---- the thread ---- */

/* True: the process ends. */
static bool rest(struct mailer *m, int ms)
{
    struct timespec until;
    (void)clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += (long)(ms % 1000) * 1000000;
    until.tv_sec += ms / 1000 + until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    (void)pthread_mutex_lock(&m->lock);
    int code = 0;
    while (!m->ending && ms > 0 && code == 0)
        code = pthread_cond_timedwait(&m->ended, &m->lock, &until);
    bool ending = m->ending;
    (void)pthread_mutex_unlock(&m->lock);
    return ending;
}

static enum pal_code count_queue(struct mailer *m, struct pal_error *err)
{
    struct mail_figures f;
    if (pal_mono_ms() < m->figures_at)
        return PAL_OK;
    enum pal_code code = mail_store_figures(m->db, &f, err);
    if (code != PAL_OK)
        return code;
    m->figures_at = pal_mono_ms() + FIGURES_MS;
    pal_metric_set(m->waiting, f.waiting);
    pal_metric_set(m->failed, f.failed);
    pal_metric_set(m->age, f.oldest_ms);
    return PAL_OK;
}

/* Sends one letter. *idle: there was none. */
static enum pal_code turn(struct mailer *m, bool *idle, struct pal_error *err)
{
    struct mail mail;
    pal_arena_reset(&m->arena);
    enum pal_code code = pal_db_begin(m->db, PAL_TX_NONE, err);
    if (code == PAL_OK)
        code = count_queue(m, err);
    /* Nobody else has it for longer than sending it takes at most. */
    if (code == PAL_OK)
        code =
            mail_store_take(m->db, &m->arena, m->set->smtp_timeout_ms + LEASE_MORE_MS, &mail, err);
    *idle = code == PAL_NOT_FOUND;
    if (*idle)
        return PAL_OK;
    return code == PAL_OK ? deliver(m, &mail, err) : code;
}

static void *run(void *arg)
{
    struct mailer *m = arg;
    int wait = 0;
    while (!rest(m, wait)) {
        struct pal_error err = {0};
        bool idle = false;
        enum pal_code code = turn(m, &idle, &err);
        if (code != PAL_OK)
            pal_log_error(PAL_WARN, "the queue of e-mail cannot be read", &err);
        if (idle)
            pal_smtp_hang_up(m->smtp);
        wait = code != PAL_OK ? AWAY_MS : idle ? LOOK_MS : 0;
    }
    return NULL;
}

/* ---- life ---- */

static enum pal_code contradiction(struct pal_error *err, const char *what)
{
    return pal_error_set(err, &pal_err_service_internal, "%s", what);
}

static enum pal_code check(const struct auth_settings *set, enum pal_smtp_tls *tls,
                           struct pal_error *err)
{
    struct pal_str url = pal_str_of(set->smtp_url), site = pal_str_of(set->public_url);
    bool always = pal_str_starts(url, PAL_STR("smtps://"));
    if (!always && !pal_str_starts(url, PAL_STR("smtp://")))
        return contradiction(err, "PALIQUE_SMTP_URL is not smtp://host:port or smtps://host:port");
    /* A password in there would be no secret, and a path what the server is greeted with. */
    if (strpbrk(strchr(url.p, '/') + 2, "@/?#"))
        return contradiction(err, "PALIQUE_SMTP_URL has more than host:port; who signs in is "
                                  "PALIQUE_SMTP_USER");
    if (!pal_smtp_tls_parse(pal_str_of(set->smtp_tls), tls))
        return contradiction(err, "PALIQUE_SMTP_TLS is not required, try or none");
    if (set->smtp_user[0] && !always && *tls != PAL_SMTP_TLS_REQUIRED)
        return contradiction(err, "PALIQUE_SMTP_USER needs PALIQUE_SMTP_TLS=required: the password "
                                  "would go over the network as it is");
    if (!email_valid(pal_str_of(set->mail_from)))
        return contradiction(err, "PALIQUE_MAIL_FROM is not an e-mail address");
    bool web =
        pal_str_starts(site, PAL_STR("https://")) || pal_str_starts(site, PAL_STR("http://"));
    if (!web || site.p[site.n - 1] == '/')
        return contradiction(err, "PALIQUE_PUBLIC_URL is not https://host, without a slash at its "
                                  "end: letters need it for their links");
    return PAL_OK;
}

static void register_metrics(struct mailer *m)
{
    static const char name[] = "palique_mails_total", help[] = "Letters by what came of a try";
    m->sent = pal_counter(name, "outcome=\"sent\"", help);
    m->again = pal_counter(name, "outcome=\"put_off\"", help);
    m->given_up = pal_counter(name, "outcome=\"given_up\"", help);
    m->waiting = pal_gauge("palique_mail_waiting", NULL, "Letters that wait to be sent");
    m->failed = pal_gauge("palique_mail_failed", NULL, "Letters that were given up, kept 30 days");
    m->age = pal_gauge_of_age("palique_mail_oldest_seconds", NULL,
                              "Time since the oldest letter that waits was asked for");
}

static void free_mailer(struct mailer *m)
{
    pal_db_free(m->db);
    pal_smtp_free(m->smtp);
    pal_arena_fini(&m->arena);
    (void)pthread_cond_destroy(&m->ended);
    (void)pthread_mutex_destroy(&m->lock);
    free(m);
}

static struct mailer *new_mailer(struct pal_service *s, enum pal_smtp_tls tls)
{
    pthread_condattr_t attr;
    const struct auth_settings *set = auth_settings_of(s);
    const struct pal_smtp_server server = {.url = set->smtp_url,
                                           .user = set->smtp_user,
                                           .password = set->smtp_password,
                                           .authorities = set->smtp_ca,
                                           .tls = tls,
                                           .timeout_ms = set->smtp_timeout_ms};
    struct mailer *m = calloc(1, sizeof *m);
    if (!m)
        return NULL;
    m->service = s;
    m->set = set;
    m->smtp = pal_smtp_prepare() ? pal_smtp_new(&server) : NULL;
    pal_arena_init(&m->arena, ARENA_MAX);
    (void)pthread_condattr_init(&attr);
    (void)pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    (void)pthread_cond_init(&m->ended, &attr);
    (void)pthread_condattr_destroy(&attr);
    (void)pthread_mutex_init(&m->lock, NULL);
    register_metrics(m);
    return m;
}

enum pal_code mailer_start(struct pal_service *s, struct mailer **out, struct pal_error *err)
{
    enum pal_smtp_tls tls = PAL_SMTP_TLS_REQUIRED;
    if (!auth_sends_mail(auth_settings_of(s)))
        return PAL_OK;
    enum pal_code code = check(auth_settings_of(s), &tls, err);
    if (code != PAL_OK)
        return code;
    struct mailer *m = new_mailer(s, tls);
    if (!m)
        return pal_error_set(err, &pal_err_service_internal, "out of memory");
    code = pal_service_db(s, "mail", &m->db, err);
    if (code == PAL_OK && (!m->smtp || pthread_create(&m->thread, NULL, run, m) != 0))
        code = pal_error_set(err, &pal_err_service_internal, "no thread for e-mail");
    if (code != PAL_OK) {
        free_mailer(m);
        return code;
    }
    (void)pthread_setname_np(m->thread, "mail");
    *out = m;
    return PAL_OK;
}

void mailer_stop(struct mailer *m)
{
    if (!m)
        return;
    (void)pthread_mutex_lock(&m->lock);
    m->ending = true;
    (void)pthread_cond_signal(&m->ended);
    (void)pthread_mutex_unlock(&m->lock);
    pal_smtp_stop(m->smtp, pal_mono_ms() + LAST_MS);
    (void)pthread_join(m->thread, NULL);
    free_mailer(m);
}
