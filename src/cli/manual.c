// SPDX-License-Identifier: GPL-3.0-or-later
// manual: manual pages and completion, made from the table of commands
#include "cli/manual.h"

#include <config.h>
#include <ctype.h>
#include <string.h>

#include "ode/system.h"

// ---- roff

// Text as it stands: a backslash, a hyphen, and a dot or quote at the start of a line mean something to roff.
static void text(FILE *f, const char *s)
{
  if (*s == '.' || *s == '\'') fputs("\\&", f);
  for (; *s; s++)
    if (*s == '\\')
      fputs("\\e", f);
    else if (*s == '-')
      fputs("\\-", f);
    else
      fputc(*s, f);
}

static void line(FILE *f, const char *macro, const char *s)
{
  fputs(macro, f);
  text(f, s);
  fputc('\n', f);
}

static void head(FILE *f, const char *name, const char *title, const char *summary)
{
  fprintf(f, ".\\\" SPDX-License-Identifier: GPL-3.0-or-later\n.TH \"%s\" 1 \"\" \"fhrl %s\" \"fhrl\"\n.SH NAME\n", title,
    PACKAGE_VERSION);
  text(f, name);
  fputs(" \\- ", f);
  text(f, summary);
  fputs("\n", f);
}

static void option(FILE *f, const struct argp_option *o)
{
  fputs(".TP\n.B ", f);
  if (o->key < 128 && isprint(o->key)) fprintf(f, "\\-%c, ", o->key);
  fputs("\\-\\-", f);
  text(f, o->name);
  if (o->arg) {
    fputs("=\\fI", f);
    text(f, o->arg);
    fputs("\\fR", f);
  }
  fputc('\n', f);
  line(f, "", o->doc);
}

static void key(FILE *f, const fhrl_field *x)
{
  char range[256], value[FHRL_FIELD_TEXT], about[FHRL_FIELD_TEXT + 384];
  fhrl_field_range(x, range, sizeof range);
  fhrl_field_default(x, value, sizeof value);
  const int pure = x->unit[0] == '\0' || strcmp(x->unit, "1") == 0;
  snprintf(about, sizeof about, "Default %s; %s%s%s.", value[0] ? value : "empty", range, pure ? "" : ", unit ",
    pure ? "" : x->unit);
  line(f, ".TP\n.B ", x->name);
  line(f, "", x->meaning);
  line(f, ".br\n", about);
}

static void status(FILE *f)
{
  fputs(".SH EXIT STATUS\n.TP\n0\ndone\n.TP\n1\nfailed\n.TP\n2\nbad usage or configuration\n.TP\n3\na claim named by "
        "\\-\\-require is neither held nor certified\n.TP\n130\ninterrupted; what can be resumed is saved\n",
    f);
}

static void whole(FILE *f)
{
  head(f, "fhrl", "FHRL", "fast-weights homeostatic reentry networks, discrete and continuous");
  fputs(".SH SYNOPSIS\n.B fhrl\n.I COMMAND\n[\\fIINPUT\\fR] [\\fIOPTION\\fR]...\n.SH DESCRIPTION\n"
        "Trains the discrete network, integrates its continuous theory, and sets one against the other.\n.SH COMMANDS\n",
    f);
  for (const fhrl_command *c = fhrl_command_table; c->name; c++) {
    fprintf(f, ".TP\n.BR fhrl\\-%s (1)\n", c->name);
    line(f, "", c->summary);
  }
  status(f);
}

void fhrl_manual_page(const fhrl_command *c, FILE *f)
{
  if (c == NULL) {
    whole(f);
    return;
  }
  struct argp_option options[FHRL_COMMAND_OPTION_MAX];
  char name[64], title[64];
  const int n = fhrl_command_options(c, options);
  snprintf(name, sizeof name, "fhrl-%s", c->name);
  snprintf(title, sizeof title, "FHRL-%s", c->name);
  for (char *t = title; *t; t++) *t = (char)toupper((unsigned char)*t);
  head(f, name, title, c->summary);
  fprintf(f, ".SH SYNOPSIS\n.B fhrl %s\n", c->name);
  if (*c->input) fprintf(f, "\\fI%s\\fR ", c->input);
  line(f, "[\\fIOPTION\\fR]...\n.SH FILES\nWrites: ", c->leaves);
  fputs(".SH OPTIONS\n", f);
  for (int i = 0; i < n; i++) option(f, &options[i]);
  for (const fhrl_keys *s = c->keys; s && s->section; s++) {
    fprintf(f, ".SH KEYS OF [%s]\n", s->section);
    for (int i = 0; i < *s->count; i++) key(f, &s->field[i]);
  }
  if (strcmp(c->input, "MODEL") == 0) fputs(".SH KEYS OF [model]\nSee\n.BR \"fhrl models MODEL\" .\n", f);
  status(f);
  fputs(".SH SEE ALSO\n.BR fhrl (1)\n", f);
}

// ---- bash

static void words_of_options(const fhrl_command *c, FILE *f)
{
  struct argp_option options[FHRL_COMMAND_OPTION_MAX];
  const int n = fhrl_command_options(c, options);
  for (int i = 0; i < n; i++) fprintf(f, " --%s%s", options[i].name, options[i].arg ? "=" : "");
}

static void words_of_keys(const fhrl_command *c, FILE *f)
{
  for (const fhrl_keys *s = c->keys; s && s->section; s++)
    for (int i = 0; i < *s->count; i++) fprintf(f, " %s.%s=", s->section, s->field[i].name);
}

void fhrl_manual_completion(FILE *f)
{
  fputs("# bash completion for fhrl -*- shell-script -*-\n# SPDX-License-Identifier: GPL-3.0-or-later\n"
        "# Written by `fhrl --completion` from the program's own tables.\n"
        "_fhrl()\n{\n  local word=${COMP_WORDS[COMP_CWORD]} command=${COMP_WORDS[1]} options='' keys='' input=''\n"
        "  COMPREPLY=()\n  if [ \"$COMP_CWORD\" -eq 1 ]; then\n    mapfile -t COMPREPLY < <(compgen -W \"",
    f);
  for (const fhrl_command *c = fhrl_command_table; c->name; c++) fprintf(f, "%s ", c->name);
  fputs("--help --version\" -- \"$word\")\n    return\n  fi\n  case $command in\n", f);
  for (const fhrl_command *c = fhrl_command_table; c->name; c++) {
    fprintf(f, "    %s)\n      input=%s\n      options=\"", c->name, strpbrk(c->input, "MN") == c->input ||
      strcmp(c->input, "[MODEL]") == 0 ? "models" : "files");
    words_of_options(c, f);
    fputs("\"\n      keys=\"", f);
    words_of_keys(c, f);
    fputs("\"\n      ;;\n", f);
  }
  // '=' ends a word for bash, so that what follows --set= is a word of its own, behind "=" and "--set"
  fputs("  esac\n"
        "  if [ \"$word\" = = ]; then word=''; fi\n"
        "  if [ \"${COMP_WORDS[COMP_CWORD - 1]}\" = --set ] || [ \"${COMP_WORDS[COMP_CWORD - 2]-}\" = --set ]; then\n"
        "    compopt -o nospace 2>/dev/null\n"
        "    mapfile -t COMPREPLY < <(compgen -W \"$keys\" -- \"$word\")\n"
        "  elif [[ $word == -* ]]; then\n"
        "    compopt -o nospace 2>/dev/null\n"
        "    mapfile -t COMPREPLY < <(compgen -W \"$options\" -- \"$word\")\n"
        "  elif [ \"$input\" = models ]; then\n    mapfile -t COMPREPLY < <(compgen -W \"",
    f);
  const fhrl_model *m;
  for (int i = 0; (m = fhrl_system_model(i)); i++) fprintf(f, "%s ", m->name);
  fputs("\" -- \"$word\"; compgen -f -X '!*.c' -- \"$word\")\n"
        "  else\n    mapfile -t COMPREPLY < <(compgen -f -- \"$word\")\n  fi\n}\ncomplete -F _fhrl fhrl\n",
    f);
}
