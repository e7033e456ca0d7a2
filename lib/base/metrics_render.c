/* The Prometheus text format 0.0.4, and what the kernel says of the process. */
#include "base/metrics.h"

#include "base/clock.h"
#include "metrics_table.h"

#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static const char *const kind_names[] = {"counter", "gauge", "gauge", "histogram", "histogram"};

static void add_head(struct pal_buf *out, const char *name, const char *kind, const char *help)
{
    pal_buf_printf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, kind);
}

/* Microseconds as decimal seconds without rounding. */
static void add_seconds(struct pal_buf *out, int64_t us)
{
    pal_buf_printf(out, "%" PRId64 ".%06" PRId64, us / 1000000, us % 1000000);
}

static void add_bucket(struct pal_buf *out, const struct pal_metric *m, size_t i, int64_t total)
{
    pal_buf_printf(out, "%s_bucket{%s%sle=\"", m->name, m->labels, m->labels[0] ? "," : "");
    if (i == METRIC_BUCKETS)
        pal_buf_z(out, "+Inf");
    else if (m->kind == METRIC_COUNTS)
        pal_buf_int(out, metric_bounds_count[i]);
    else
        pal_buf_printf(out, "%g", (double)metric_bounds_us[i] / 1e6);
    pal_buf_printf(out, "\"} %" PRId64 "\n", total);
}

/* `name{labels} ` with no braces when there are no labels. */
static void add_series(struct pal_buf *out, const struct pal_metric *m, const char *suffix)
{
    pal_buf_printf(out, "%s%s", m->name, suffix);
    if (m->labels[0])
        pal_buf_printf(out, "{%s}", m->labels);
    pal_buf_char(out, ' ');
}

static void add_histogram(struct pal_buf *out, const struct pal_metric *m)
{
    int64_t total = 0;
    for (size_t i = 0; i <= METRIC_BUCKETS; i++) {
        total += atomic_load_explicit(&m->buckets[i], memory_order_relaxed);
        add_bucket(out, m, i, total);
    }
    add_series(out, m, "_sum");
    if (m->kind == METRIC_COUNTS)
        pal_buf_int(out, pal_metric_value(m));
    else
        add_seconds(out, pal_metric_value(m));
    pal_buf_char(out, '\n');
    add_series(out, m, "_count");
    pal_buf_printf(out, "%" PRId64 "\n", total);
}

static int64_t age_us(int64_t since_ms)
{
    int64_t now = pal_now_ms();
    return since_ms == 0 || since_ms > now ? 0 : (now - since_ms) * 1000;
}

static void add_metric(struct pal_buf *out, const struct pal_metric *m)
{
    if (m->kind == METRIC_HISTOGRAM || m->kind == METRIC_COUNTS) {
        add_histogram(out, m);
        return;
    }
    add_series(out, m, "");
    if (m->kind == METRIC_AGE)
        add_seconds(out, age_us(pal_metric_value(m)));
    else
        pal_buf_int(out, pal_metric_value(m));
    pal_buf_char(out, '\n');
}

static bool first_of_name(const struct pal_metric *all, size_t i)
{
    for (size_t j = 0; j < i; j++)
        if (strcmp(all[j].name, all[i].name) == 0)
            return false;
    return true;
}

static int64_t resident_bytes(void)
{
    char text[128];
    int fd = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return 0;
    ssize_t n = read(fd, text, sizeof text);
    (void)close(fd);
    struct pal_str rest = {text, n > 0 ? (size_t)n : 0};
    struct pal_str word;
    int64_t pages = 0;
    rest = pal_str_cut(rest, ' ', &word); /* total size; the second number is what is resident */
    (void)pal_str_cut(rest, ' ', &word);
    return pal_parse_i64(word, &pages) ? pages * sysconf(_SC_PAGESIZE) : 0;
}

static int64_t open_descriptors(void)
{
    DIR *dir = opendir("/proc/self/fd");
    if (!dir)
        return 0;
    int64_t n = 0;
    while (readdir(dir))
        n++;
    (void)closedir(dir);
    return n - 3; /* ".", ".." and the directory's own descriptor */
}

static void add_process(struct pal_buf *out)
{
    struct rusage usage = {0};
    struct rlimit limit = {0};
    (void)getrusage(RUSAGE_SELF, &usage);
    (void)getrlimit(RLIMIT_NOFILE, &limit);
    add_head(out, "process_cpu_seconds_total", "counter", "User and system CPU time in seconds.");
    pal_buf_z(out, "process_cpu_seconds_total ");
    add_seconds(out, (int64_t)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000 +
                         usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
    pal_buf_char(out, '\n');
    add_head(out, "process_resident_memory_bytes", "gauge", "Resident memory in bytes.");
    pal_buf_printf(out, "process_resident_memory_bytes %" PRId64 "\n", resident_bytes());
    add_head(out, "process_open_fds", "gauge", "Open file descriptors.");
    pal_buf_printf(out, "process_open_fds %" PRId64 "\n", open_descriptors());
    add_head(out, "process_max_fds", "gauge", "Most file descriptors the process may open.");
    pal_buf_printf(out, "process_max_fds %" PRIu64 "\n", (uint64_t)limit.rlim_cur);
}

void pal_metrics_render(struct pal_buf *out)
{
    size_t n;
    const struct pal_metric *all = metrics_all(&n);
    for (size_t i = 0; i < n; i++) {
        if (!first_of_name(all, i))
            continue; /* the format wants all series of a name together */
        add_head(out, all[i].name, kind_names[all[i].kind], all[i].help);
        for (size_t j = i; j < n; j++)
            if (strcmp(all[j].name, all[i].name) == 0)
                add_metric(out, &all[j]);
    }
    add_process(out);
}
