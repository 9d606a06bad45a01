// SPDX-License-Identifier: GPL-3.0-or-later
// cmd_sample: writes bytes that a trained network makes up
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/layer.h"
#include "base/signals.h"
#include "cli/output.h"
#include "cli/trained.h"
#include "nn/sample.h"

typedef struct text {
  unsigned char *byte; // owned
  int count;
  double surprise;     // nats per byte, of the network about itself
} text;

static fhrl_status read_prompt(fhrl_sample *s, const char *prompt, fhrl_err *err)
{
  for (const char *c = *prompt ? prompt : "\n"; *c; c++) {
    const fhrl_status status = fhrl_sample_feed(s, (unsigned char)*c, err);
    if (status == FHRL_OK) continue;
    fhrl_status_context(err, "sample.prompt");
    return status;
  }
  return FHRL_OK;
}

// After an interruption the bytes until then are in out.
static fhrl_status draw(const fhrl_config *config, const fhrl_gpt *gpt, text *out, fhrl_err *err)
{
  const volatile sig_atomic_t *stop = fhrl_signals_flag();
  const double temperature = fhrl_config_real(config, "sample.temperature");
  const int count = fhrl_config_int(config, "sample.bytes"), top_k = fhrl_config_int(config, "sample.top_k");
  const fhrl_random at = {.seed = (uint32_t)fhrl_config_real(config, "sample.seed"), .stream = FHRL_STREAM_SAMPLE};
  fhrl_sample s = {.gpt = NULL};
  fhrl_status status = FHRL_OK;
  double surprise = 0.0;
  out->byte = malloc((size_t)count);
  if (out->byte == NULL) return fhrl_fail(err, FHRL_NOMEM, "no memory for %d bytes", count);
  FHRL_DO(status, fhrl_sample_init(gpt, fhrl_config_int(config, "sample.carry"), &s, err));
  FHRL_DO(status, read_prompt(&s, fhrl_config_text(config, "sample.prompt"), err));
  for (int i = 0; i < count; i++) {
    if (*stop) FHRL_DO(status, fhrl_fail(err, FHRL_INTERRUPT, "interrupted after %d of %d bytes", i, count));
    const unsigned char byte = fhrl_sample_draw(&s, temperature, top_k, at, (size_t)i);
    surprise += fhrl_sample_surprise(&s, byte);
    out->byte[out->count++] = byte;
    out->surprise = surprise / out->count;
    if (i + 1 < count) FHRL_DO(status, fhrl_sample_feed(&s, byte, err));
  }
done:
  fhrl_sample_free(&s);
  return status;
}

static fhrl_status save(const fhrl_output *out, const text *t, fhrl_err *err)
{
  char path[FHRL_PATH_SIZE];
  fhrl_file file;
  FHRL_TRY(fhrl_output_path(out, "sample.txt", path, err));
  FHRL_TRY(fhrl_file_begin(&file, path, err));
  fwrite(t->byte, 1, (size_t)t->count, file.stream); // what fails shows at commit
  FHRL_TRY(fhrl_file_commit(&file, err));
  fhrl_output_say(out, "bytes        %d in %s\n", t->count, path);
  fhrl_output_say(out, "surprise     %.4f nats per byte, of the network about its own\n", t->surprise);
  return FHRL_OK;
}

static fhrl_status print(const text *t, fhrl_err *err)
{
  if (fwrite(t->byte, 1, (size_t)t->count, stdout) == (size_t)t->count && fflush(stdout) == 0) return FHRL_OK;
  return fhrl_fail(err, FHRL_IO, "cannot write the bytes: %s", strerror(errno));
}

// Any bytes, also where they are no text.
static fhrl_status report(fhrl_output *out, const text *t, fhrl_err *err)
{
  static const char digit[] = "0123456789abcdef";
  char *hex = malloc(2 * (size_t)t->count + 1);
  if (hex == NULL) return fhrl_fail(err, FHRL_NOMEM, "no memory for %d bytes", t->count);
  for (int i = 0; i < t->count; i++) {
    hex[2 * i] = digit[t->byte[i] >> 4];
    hex[2 * i + 1] = digit[t->byte[i] & 15];
  }
  hex[2 * (size_t)t->count] = '\0';
  fhrl_json_int(out->result, "bytes", t->count);
  fhrl_json_real(out->result, "surprise", t->surprise, NULL);
  fhrl_json_text(out->result, "hex", hex);
  free(hex);
  return FHRL_OK;
}

fhrl_status fhrl_cmd_sample(const fhrl_run *run, fhrl_err *err)
{
  fhrl_config config;
  fhrl_gpt gpt = {.count = 0};
  fhrl_output out = {0};
  text t = {.byte = NULL};
  fhrl_err end = {FHRL_OK, ""};
  fhrl_status status = FHRL_OK;
  char path[FHRL_PATH_SIZE];
  fhrl_config_init(&config);
  FHRL_DO(status, fhrl_layer_path(run->input, path, err));
  FHRL_DO(status, fhrl_config_add(&config, "model", fhrl_gpt_fields, FHRL_GPT_KEY_COUNT, err));
  FHRL_DO(status, fhrl_config_add(&config, "sample", fhrl_sample_fields, fhrl_sample_field_count, err));
  FHRL_DO(status, fhrl_trained_open(run, path, &config, &gpt, err));
  FHRL_DO(status,
    fhrl_output_open(&out, run, NULL, NULL, &config, (long long)fhrl_config_real(&config, "sample.seed"), err));
  const fhrl_status drawn = draw(&config, &gpt, &t, &end);
  if (drawn != FHRL_OK && (drawn != FHRL_INTERRUPT || t.count == 0)) FHRL_DO(status, fhrl_fail(err, drawn, "%s", end.msg));
  FHRL_DO(status, report(&out, &t, err));
  if (fhrl_output_has_folder(&out))
    FHRL_DO(status, save(&out, &t, err));
  else if (!run->json)
    FHRL_DO(status, print(&t, err));
  FHRL_DO(status, fhrl_output_finish(&out, err));
  if (drawn != FHRL_OK) status = fhrl_fail(err, drawn, "%s, which are %s", end.msg, fhrl_output_has_folder(&out) ? "saved" : "above");
done:
  free(t.byte);
  fhrl_output_close(&out);
  fhrl_gpt_free(&gpt);
  fhrl_config_free(&config);
  return status;
}
