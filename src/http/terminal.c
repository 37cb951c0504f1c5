/* SPDX-License-Identifier: Apache-2.0 */
/*
 * terminal - information goes to standard output, all else to standard error.
 */
#include "http/terminal.h"

#include <stdio.h>

#include "os/user_lang.h"

static const char usage_ja[] =
    "bantod --data DIR [--listen ADDR:PORT] [--tls-cert FILE --tls-key FILE] [--host NAME,…] [--proxy ADDR,…] [--web DIR] [--site DIR]\n"
    "       [--clock sim:日時,x倍率] [--lang ja|en]\n"
    "bantod --data DIR --restore FILE\n"
    "  --data     データフォルダー(権限 0700)。操作は banto --data DIR\n"
    "  --listen   TCP でも待ち受ける。TLS がなければループバックだけ。ポート 0 は空いているもの\n"
    "  --tls-cert --tls-key  証明書(中間も含む)と鍵の PEM。変わると読み直す(SIGHUP でも)\n"
    "  --host     このサーバーの名前。localhost のほかに、ブラウザーが使う名前をすべて\n"
    "  --proxy    TLS を終端する信頼できるプロキシーのアドレス(X-Forwarded-For と -Proto を信じる相手)\n"
    "  --web      組み込みの画面の代わりに使うフォルダー(開発用)\n"
    "  --site     起動時に適用するサイトのフォルダー\n"
    "  --clock    模擬時計、例 sim:2026-06-29T19:00+09:00,x60\n"
    "  --restore  バックアップから戻して終わる(先に止めておく)";
static const char usage_en[] =
    "bantod --data DIR [--listen ADDR:PORT] [--tls-cert FILE --tls-key FILE] [--host NAME,…] [--proxy ADDR,…] [--web DIR] [--site DIR]\n"
    "       [--clock sim:INSTANT,xSPEED] [--lang ja|en]\n"
    "bantod --data DIR --restore FILE\n"
    "  --data     data folder (mode 0700); operate it with banto --data DIR\n"
    "  --listen   listen on TCP, too; without TLS on loopback only; port 0 is any free one\n"
    "  --tls-cert --tls-key  PEM of the certificate with its chain, and of its key; read again when they change or on SIGHUP\n"
    "  --host     names of this server that browsers use, besides localhost\n"
    "  --proxy    addresses of trusted proxies that end TLS: whose X-Forwarded-For and -Proto are believed\n"
    "  --web      a folder of the console instead of the built-in one, for development\n"
    "  --site     site folder applied at start\n"
    "  --clock    made-up clock, e.g. sim:2026-06-29T19:00+09:00,x60\n"
    "  --restore  restore a backup and end; stop the server first";

void terminal_say(const struct err *e)
{
    CLEANUP(strbuf_close) struct strbuf text = {0};
    const struct message *message = message_of(e->code);
    bool is_information = message->exit_status == 0;
    enum lang lang = user_lang();
    err_print(&text, e, lang);
    if (!is_information) {
        strbuf_printf(&text, "\n%s%s", lang == LANG_EN ? "  " : "  対処: ", message->action[lang]);
    }
    (void)fprintf(is_information ? stdout : stderr, "%s\n", strbuf_str(&text));
    (void)fflush(stdout);
}

void usage_say(const char *option)
{
    (void)puts(str_equal(option, "--version") ? "bantod " BANTO_VERSION : user_lang() == LANG_EN ? usage_en : usage_ja);
}
