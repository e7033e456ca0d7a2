#include "domain/filename.h"

#include <criterion/criterion.h>

static void expect_name(const char *in, const char *wanted)
{
    char out[FILENAME_MAX_BYTES + 1];
    filename_clean(pal_str_of(in), out);
    cr_expect_str_eq(out, wanted, "%s became %s", in, out);
}

Test(filename, keeps_what_is_a_name)
{
    expect_name("informe.pdf", "informe.pdf");
    expect_name("año 2026 (1).txt", "año 2026 (1).txt");
    expect_name("архив.zip", "архив.zip");
}

Test(filename, has_no_parts_of_paths)
{
    expect_name("../../etc/passwd", "passwd");
    expect_name("C:\\Users\\ana\\a.txt", "a.txt");
    expect_name("/", "file");
    expect_name("..", "file");
    expect_name("...hidden. ", "hidden");
}

Test(filename, has_nothing_that_cannot_be_seen)
{
    expect_name("a\r\nSet-Cookie: x=1", "aSet-Cookie x=1");
    expect_name("fdp.\xe2\x80\xaegnp.exe", "fdp.gnp.exe");
    expect_name("a\xe2\x80\x8b\xef\xbb\xbf.txt", "a.txt");
    expect_name("\"<b>|?*\"", "b");
    expect_name("\x01\x7f", "file");
    expect_name("\xff\xfe", "file");
    expect_name("", "file");
}

Test(filename, is_cut_at_the_end_of_a_character_and_keeps_its_extension)
{
    char in[600], out[FILENAME_MAX_BYTES + 1];
    for (size_t i = 0; i < 500; i += 2)
        memcpy(in + i, "ñ", 2);
    memcpy(in + 500, ".tar", 5);
    filename_clean(pal_str_of(in), out);
    cr_expect(strlen(out) <= FILENAME_MAX_BYTES && pal_utf8_valid(pal_str_of(out), false));
    cr_expect_str_eq(out + strlen(out) - 4, ".tar");
}

Test(filename, disposition_cannot_be_broken_out_of)
{
    char out[DISPOSITION_MAX];
    filename_disposition(PAL_STR("a\"; x=\\ñ%.pdf"), false, out);
    cr_expect_str_eq(out, "attachment; filename=\"a__ x=____.pdf\"; "
                          "filename*=UTF-8''a%22%3B%20x%3D%5C%C3%B1%25.pdf");
    filename_disposition(PAL_STR("a.png"), true, out);
    cr_expect_str_eq(out, "inline; filename=\"a.png\"; filename*=UTF-8''a.png");
}

Test(filename, the_longest_name_fits_its_header)
{
    char in[FILENAME_MAX_BYTES + 1], out[DISPOSITION_MAX];
    memset(in, '"', FILENAME_MAX_BYTES);
    filename_disposition((struct pal_str){in, FILENAME_MAX_BYTES}, false, out);
    cr_expect_lt(strlen(out), DISPOSITION_MAX);
}

Test(filename, nothing_that_runs_is_shown)
{
    cr_expect(filename_type_shown(PAL_STR("image/png")));
    cr_expect(filename_type_shown(PAL_STR("application/pdf")));
    cr_expect_not(filename_type_shown(PAL_STR("text/html")));
    cr_expect_not(filename_type_shown(PAL_STR("image/svg+xml")));
    cr_expect_not(filename_type_shown(PAL_STR("application/xhtml+xml")));
    cr_expect_not(filename_type_shown(PAL_STR("")));
}

Test(filename, without_a_usual_extension_is_just_cut)
{
    char in[1301], out[FILENAME_MAX_BYTES + 1];
    memset(in, 'a', 1300);
    in[1] = '.';
    in[1300] = '\0';
    filename_clean(pal_str_of(in), out);
    cr_expect_eq(strlen(out), FILENAME_MAX_BYTES);
    cr_expect_eq(strncmp(out, "a.aaa", 5), 0);
}
