// SPDX-License-Identifier: GPL-3.0-or-later
// command: parsing the command line from the one table of commands
#include "cli/command.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/manual.h"
#include "cli/version.h"

enum { KEY_SET = 256, KEY_JSON, KEY_THREADS, KEY_FORCE, KEY_QUIET, KEY_REQUIRE, KEY_PREVIEW, KEY_SHORT = 512 };
enum { KEY_MAN = 256, KEY_COMPLETION }; // of fhrl itself
enum { THREADS_MAX = 256 };

typedef struct parse {
  fhrl_run run;
  fhrl_status status;
  fhrl_err *err;
} parse;

static const struct argp_option common[] = {
  {"config", 'c', "FILE.ini", 0, "Read settings from FILE.ini (may be repeated)", 0},
  {"set", KEY_SET, "SECTION.KEY=VALUE", 0, "Set one key; after the files, in the order written", 0},
  {"output", 'o', "DIR", 0, "Write results to DIR", 0},
  {"json", KEY_JSON, NULL, 0, "Print the machine-readable result on standard output instead of the summary", 0},
  {"threads", KEY_THREADS, "N", 0, "Use N threads (default: every processor); results do not depend on it", 0},
  {"force", KEY_FORCE, NULL, 0, "Replace a folder that holds another configuration", 0},
  {"quiet", KEY_QUIET, NULL, 0, "No progress on standard error", 0},
};

static error_t take_short(parse *p, const fhrl_short *s, const char *arg, struct argp_state *state)
{
  char text[2048];
  const size_t key_len = strlen(s->key);
  const int prefix = s->key[key_len - 1] == '.'; // "model." takes NAME=VALUE
  if (snprintf(text, sizeof text, "%s%s%s", s->key, prefix ? "" : "=", arg ? arg : "true") >= (int)sizeof text)
    argp_error(state, "--%s: value too long", s->option);
  if (prefix && (arg == NULL || strchr(arg, '=') == NULL || arg[0] == '='))
    argp_error(state, "--%s=%s: write --%s=%s", s->option, arg ? arg : "", s->option, s->argument);
  p->status = fhrl_settings_assign(text, &p->run.settings, p->err);
  return p->status == FHRL_OK ? 0 : EINVAL;
}

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
  parse *p = state->input;
  const fhrl_command *c = p->run.command;
  switch (key) {
  case 'c': p->status = fhrl_settings_read(arg, &p->run.settings, p->err); break;
  case KEY_SET: p->status = fhrl_settings_assign(arg, &p->run.settings, p->err); break;
  case 'o':
    if (arg[0] == '\0') argp_error(state, "-o without a name: the working folder is -o .");
    p->run.folder = arg;
    break;
  case KEY_JSON: p->run.json = 1; break;
  case KEY_FORCE: p->run.force = 1; break;
  case KEY_QUIET: p->run.quiet = 1; break;
  case KEY_REQUIRE: p->run.require = arg; break;
  case KEY_PREVIEW: p->run.preview = 1; break;
  case KEY_THREADS: {
    char *end;
    const long n = strtol(arg, &end, 10);
    if (*end || end == arg || n < 1 || n > THREADS_MAX)
      argp_error(state, "--threads=%s is not allowed; allowed: whole number in [1, %d]", arg, THREADS_MAX);
    p->run.threads = (int)n;
    p->run.threads_given = 1;
    break;
  }
  case ARGP_KEY_ARG:
    if (p->run.input || *c->input == '\0') argp_error(state, "one operand too many: '%s'", arg);
    p->run.input = arg;
    break;
  case ARGP_KEY_END:
    if (p->run.input == NULL && *c->input != '\0' && *c->input != '[') argp_error(state, "%s is missing", c->input);
    if (p->run.preview && p->run.json) argp_error(state, "--preview and --json would both write to standard output");
    break;
  default:
    if (key >= KEY_SHORT && key < KEY_SHORT + FHRL_COMMAND_OPTION_MAX)
      return take_short(p, &c->shorts[key - KEY_SHORT], arg, state);
    return ARGP_ERR_UNKNOWN;
  }
  return p->status == FHRL_OK ? 0 : EINVAL;
}

// The keys of a command, after its options in --help.
static char *help_keys(const fhrl_command *c)
{
  char *text = NULL;
  size_t size;
  FILE *f = open_memstream(&text, &size);
  if (f == NULL) return NULL;
  fprintf(f, "Writes: %s\n", c->leaves);
  for (const fhrl_keys *s = c->keys; s && s->section; s++) {
    fprintf(f, "\nKeys of [%s]:\n", s->section);
    for (int i = 0; i < *s->count; i++) {
      const fhrl_field *x = &s->field[i];
      char range[256], value[FHRL_FIELD_TEXT];
      fhrl_field_range(x, range, sizeof range);
      fhrl_field_default(x, value, sizeof value);
      fprintf(f, "  %s = %s  (%s%s%s)\n      %s\n", x->name, value, range, x->unit[0] && strcmp(x->unit, "1") ? ", unit " : "",
        strcmp(x->unit, "1") ? x->unit : "", x->meaning);
    }
  }
  if (strcmp(c->input, "MODEL") == 0) fprintf(f, "\nMODEL: a name that `fhrl models` lists, or the path of a C file of "
    "your own, such as ./mine.c (`fhrl models --template`)\nKeys of [model]: see `fhrl models MODEL`\n");
  fclose(f);
  return text;
}

int fhrl_command_options(const fhrl_command *c, struct argp_option options[FHRL_COMMAND_OPTION_MAX])
{
  int n = 0;
  for (size_t i = 0; i < sizeof common / sizeof *common; i++) options[n++] = common[i];
  if (c->requires)
    options[n++] = (struct argp_option){"require", KEY_REQUIRE, "ID[,ID]", 0,
      "End with exit status 3 unless each of these claims is held or certified", 0};
  if (c->previews)
    options[n++] = (struct argp_option){"preview", KEY_PREVIEW, NULL, 0,
      "Draw in the terminal, in sixels if it says that it can, else in text; without -o no files are left", 0};
  for (int i = 0; c->shorts && c->shorts[i].option; i++)
    options[n++] =
      (struct argp_option){c->shorts[i].option, KEY_SHORT + i, c->shorts[i].argument, 0, c->shorts[i].meaning, 0};
  options[n] = (struct argp_option){0};
  return n;
}

fhrl_status fhrl_command_configure(const fhrl_run *run, fhrl_config *config, fhrl_err *err)
{
  FHRL_TRY(fhrl_config_apply(config, &run->settings, fhrl_command_table_sections, fhrl_command_table_section_count, err));
  if (run->look == NULL) return FHRL_OK;
  run->look(run->context, config);
  return fhrl_fail(err, FHRL_INTERRUPT, "only the configuration was asked for");
}

const fhrl_command *fhrl_command_find(const char *name)
{
  for (const fhrl_command *c = fhrl_command_table; c->name; c++)
    if (strcmp(c->name, name) == 0) return c;
  return NULL;
}

static int report(const char *name, fhrl_status status, const fhrl_err *err)
{
  if (status != FHRL_OK) fprintf(stderr, "fhrl%s%s: %s\n", name ? " " : "", name ? name : "", err->msg);
  return fhrl_status_exit(status);
}

static int run_command(const fhrl_command *c, int argc, char *argv[])
{
  fhrl_err err = {FHRL_OK, ""};
  fhrl_notes notes = {.count = 0};
  const long processors = sysconf(_SC_NPROCESSORS_ONLN);
  parse p = {.run = {.command = c, .threads = processors > 0 ? (int)processors : 1, .notes = &notes}, .status = FHRL_OK,
    .err = &err};
  if (p.run.threads > THREADS_MAX) p.run.threads = THREADS_MAX;
  struct argp_option options[FHRL_COMMAND_OPTION_MAX];
  fhrl_command_options(c, options);
  char *keys = help_keys(c), doc[65536], name[64];
  snprintf(doc, sizeof doc, "%s\v%s", c->summary, keys ? keys : "");
  free(keys);
  snprintf(name, sizeof name, "fhrl %s", c->name);
  argv[0] = name;
  const struct argp argp = {options, parse_option, c->input, doc, NULL, NULL, NULL};
  const error_t failed = argp_parse(&argp, argc, argv, 0, NULL, &p);
  if (failed && p.status == FHRL_OK) p.status = fhrl_fail(&err, FHRL_ARG, "%s", strerror(failed));
  if (p.status == FHRL_OK) p.status = c->run(&p.run, &err);
  fhrl_settings_free(&p.run.settings);
  return report(c->name, p.status, &err);
}

// ---- fhrl itself

typedef struct selection {
  const fhrl_command *command;
  int first; // argv index of the command's name
} selection;

static const struct argp_option top[] = {
  {"man", KEY_MAN, "COMMAND", OPTION_ARG_OPTIONAL, "Write the manual page of COMMAND, or of fhrl, for `man -l -`", 0},
  {"completion", KEY_COMPLETION, NULL, 0, "Write completion for bash", 0},
  {0},
};

static const fhrl_command *find(const char *name, struct argp_state *state)
{
  const fhrl_command *c = fhrl_command_find(name);
  if (c == NULL) argp_error(state, "no command '%s'", name);
  return c;
}

static error_t parse_top(int key, char *arg, struct argp_state *state)
{
  selection *s = state->input;
  if (key == KEY_MAN) fhrl_manual_page(arg ? find(arg, state) : NULL, stdout);
  if (key == KEY_COMPLETION) fhrl_manual_completion(stdout);
  if (key == KEY_MAN || key == KEY_COMPLETION) exit(0);
  if (key == ARGP_KEY_ARG) {
    s->command = find(arg, state);
    s->first = state->next - 1;
    state->next = state->argc; // the rest belongs to the command
    return 0;
  }
  if (key == ARGP_KEY_NO_ARGS) {
    argp_error(state, "which COMMAND?");
    return EINVAL;
  }
  return ARGP_ERR_UNKNOWN;
}

static char *top_doc(void)
{
  char *text = NULL;
  size_t size;
  FILE *f = open_memstream(&text, &size);
  if (f == NULL) return NULL;
  fprintf(f, "Fast-weights homeostatic reentry networks: train the discrete network, integrate its continuous theory, "
             "set one against the other.\vCommands:\n");
  for (const fhrl_command *c = fhrl_command_table; c->name; c++) {
    char usage[80];
    snprintf(usage, sizeof usage, "%s %s", c->name, c->input);
    fprintf(f, "  %-18s %s\n", usage, c->summary);
  }
  fprintf(f, "\n`fhrl COMMAND --help` lists a command's options and keys.\n"
             "Exit status: 0 done, 1 failed, 2 bad usage or configuration, 3 a claim named by --require is neither "
             "held nor certified, 130 interrupted.\n");
  fclose(f);
  return text;
}

int fhrl_command_main(int argc, char *argv[])
{
  argp_err_exit_status = 2;
  argp_program_version_hook = fhrl_version_print;
  char *doc = top_doc();
  const struct argp argp = {top, parse_top, "COMMAND [ARG...]", doc, NULL, NULL, NULL};
  selection s = {NULL, 0};
  const error_t failed = argp_parse(&argp, argc, argv, ARGP_IN_ORDER, NULL, &s);
  free(doc);
  if (failed || s.command == NULL) return 2;
  return run_command(s.command, argc - s.first, argv + s.first);
}
