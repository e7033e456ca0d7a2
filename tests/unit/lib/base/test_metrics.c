/* Metrics and their text. */
#include "base/metrics.h"

#include "base/clock.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static struct pal_buf rendered(void)
{
    struct pal_buf out;
    pal_buf_init(&out, 1 << 20);
    pal_metrics_render(&out);
    cr_assert(!out.failed);
    return out;
}

Test(metrics, the_same_name_and_labels_are_the_same_metric)
{
    struct pal_metric *a = pal_counter("t_total", "lane=\"read\"", "Things.");
    cr_assert_eq(a, pal_counter("t_total", "lane=\"read\"", "Things."));
    cr_assert_neq(a, pal_counter("t_total", "lane=\"write\"", "Things."));
    cr_assert_eq(pal_gauge("g", NULL, "G."), pal_gauge("g", "", "G."));
}

Test(metrics, series_of_a_name_stand_together_under_one_head)
{
    struct pal_metric *read = pal_counter("t_total", "lane=\"read\"", "Things.");
    struct pal_metric *gauge = pal_gauge("g", NULL, "G.");
    struct pal_metric *write = pal_counter("t_total", "lane=\"write\"", "Things.");
    pal_metric_add(read, 3);
    pal_metric_add(write, 4);
    pal_metric_set(gauge, -7);
    cr_assert_eq(pal_metric_value(gauge), -7);
    struct pal_buf out = rendered();
    cr_assert(strstr(out.p, "# HELP t_total Things.\n# TYPE t_total counter\n"
                            "t_total{lane=\"read\"} 3\nt_total{lane=\"write\"} 4\n"));
    cr_assert(strstr(out.p, "# TYPE g gauge\ng -7\n"));
    pal_buf_fini(&out);
}

Test(metrics, a_histogram_counts_cumulatively)
{
    struct pal_metric *h = pal_histogram("h_seconds", NULL, "H.");
    pal_metric_observe_us(h, 500);
    pal_metric_observe_us(h, 501);
    pal_metric_observe_us(h, 20000000);
    struct pal_buf out = rendered();
    cr_assert(strstr(out.p, "h_seconds_bucket{le=\"0.0005\"} 1\n"));
    cr_assert(strstr(out.p, "h_seconds_bucket{le=\"0.001\"} 2\n"));
    cr_assert(strstr(out.p, "h_seconds_bucket{le=\"10\"} 2\n"));
    cr_assert(strstr(out.p, "h_seconds_bucket{le=\"+Inf\"} 3\n"));
    cr_assert(strstr(out.p, "h_seconds_sum 20.001001\n"));
    cr_assert(strstr(out.p, "h_seconds_count 3\n"));
    pal_buf_fini(&out);
}

Test(metrics, a_full_table_gives_the_shared_overflow_metric)
{
    struct pal_metric *last = NULL;
    for (int i = 0; i < 600; i++) {
        char labels[32];
        (void)snprintf(labels, sizeof labels, "i=\"%d\"", i);
        last = pal_counter("many_total", labels, "Many.");
        cr_assert(last);
    }
    cr_assert_eq(last, pal_counter("yet_another_total", NULL, "One."));
    pal_metric_add(last, 1);
    struct pal_buf out = rendered();
    cr_assert(strstr(out.p, "palique_metrics_overflow_total 1\n"));
    cr_assert_null(strstr(out.p, "yet_another_total"));
    pal_buf_fini(&out);
}

Test(metrics, the_process_itself_is_shown)
{
    struct pal_buf out = rendered();
    cr_assert(strstr(out.p, "\nprocess_cpu_seconds_total "));
    cr_assert_null(strstr(out.p, "process_resident_memory_bytes 0\n"));
    cr_assert_null(strstr(out.p, "process_open_fds 0\n"));
    cr_assert(strstr(out.p, "\nprocess_max_fds "));
    pal_buf_fini(&out);
}

Test(metrics, a_histogram_of_counts_has_whole_numbers)
{
    struct pal_metric *h = pal_histogram_of_counts("batch_rows", NULL, "Rows.");
    pal_metric_observe_count(h, 1);
    pal_metric_observe_count(h, 700);
    pal_metric_observe_count(h, 90000);
    struct pal_buf out = rendered();
    cr_assert(strstr(out.p, "# TYPE batch_rows histogram\nbatch_rows_bucket{le=\"1\"} 1\n"));
    cr_assert(strstr(out.p, "batch_rows_bucket{le=\"500\"} 1\nbatch_rows_bucket{le=\"1000\"} 2\n"));
    cr_assert(
        strstr(out.p, "batch_rows_bucket{le=\"20000\"} 2\nbatch_rows_bucket{le=\"+Inf\"} 3\n"));
    cr_assert(strstr(out.p, "batch_rows_sum 90701\nbatch_rows_count 3\n"));
    pal_buf_fini(&out);
}

Test(metrics, an_age_grows_until_it_is_set_to_nothing)
{
    struct pal_metric *age = pal_gauge_of_age("behind_seconds", NULL, "Behind.");
    pal_metric_set(age, pal_now_ms() - 90500);
    struct pal_buf out = rendered();
    const char *line = strstr(out.p, "# TYPE behind_seconds gauge\nbehind_seconds ");
    cr_assert(line);
    const char *number = strchr(line, '\n') + sizeof "behind_seconds" + 1;
    int64_t seconds = 0;
    cr_assert(pal_parse_i64((struct pal_str){number, strcspn(number, ".")}, &seconds));
    cr_assert(seconds >= 90 && seconds < 120, "%d", (int)seconds);
    pal_buf_fini(&out);
    pal_metric_set(age, 0);
    out = rendered();
    cr_assert(strstr(out.p, "\nbehind_seconds 0.000000\n"));
    pal_buf_fini(&out);
}
