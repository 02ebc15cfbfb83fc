#include "attend.h"

#include <fcntl.h>
#include <unistd.h>
#include <vis.h>

#include "input.h"

enum { ANSWER_MAX = 400 };

static struct buffer answers;
static bool have_file;
static struct buffer said;

void
attend_open(const char *file)
{
	enum { BLOCK = 64 * 1024 };
	ssize_t n;
	int fd;

	if (file == NULL)
		return;
	have_file = true;
	fd = open(file, O_RDONLY | O_CLOEXEC);
	if (fd == -1)
		die_errno(PM_EXIT_NOTHING, "%s", file);
	while ((n = read(fd, buffer_reserve(&answers, BLOCK), BLOCK)) > 0)
		answers.n += (size_t)n;
	if (n == -1)
		die_errno(PM_EXIT_IO, "%s: cannot read", file);
	close(fd);
}

void
attend_close(void)
{
	buffer_release(&answers);
	buffer_release(&said);
}

/* ---- from the file */

/* The next word of a line. */
static struct span
cut_word(struct span *line)
{
	*line = span_trim(*line);
	for (size_t i = 0; i < line->n; i++) {
		struct span word = {line->p, i};

		if (line->p[i] != ' ' && line->p[i] != '\t')
			continue;
		*line = span_trim(span_skip(*line, i));
		return word;
	}
	return span_cut(line, '\n');
}

static bool
stands_for(struct span pattern, struct span id)
{
	if (!span_ends(pattern, SPAN("/*")))
		return span_equal(pattern, id);
	pattern.n--;
	return span_starts(id, pattern);
}

/* The last line that is about the step. */
static bool
look_up(struct span id, struct span *answer, struct span *remark)
{
	struct span rest = buffer_span(&answers);
	bool found = false;

	while (rest.p != NULL && rest.n > 0) {
		struct span line = span_cut(&rest, '\n');
		struct span pattern = cut_word(&line);

		if (pattern.n == 0 || !stands_for(pattern, id))
			continue;
		*answer = cut_word(&line);
		*remark = line.p == NULL ? (struct span){0} : line;
		found = true;
	}
	return found;
}

static bool
ask_file(struct step *const *steps, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct span answer = {0}, remark = {0};

		if (!look_up(steps[i]->id, &answer, &remark)) {
			buffer_printf(&said,
			    "the file of answers has none for %.*s",
			    SPAN_ARG(steps[i]->id));
			return false;
		}
		if (i > 0 && span_is(answer, "yes"))
			continue;
		buffer_reset(&said);
		buffer_printf(&said, "answered %.*s", SPAN_ARG(answer));
		if (remark.n > 0)
			buffer_printf(&said, ": %.*s", SPAN_ARG(remark));
		if (!span_is(answer, "yes"))
			return false;
	}
	return true;
}

/* ---- from the terminal */

static void
print(int terminal, const char *label, struct span value)
{
	struct buffer text = {0};
	char *safe;

	if (span_absent(value) || value.n == 0)
		return;
	buffer_printf(&text, "%s%.*s", label, SPAN_ARG(value));
	buffer_add_byte(&text, '\0');
	if (stravis(&safe, text.p, VIS_SAFE | VIS_NOSLASH) == -1)
		die_errno(PM_EXIT_SYSTEM, "the checklist");
	dprintf(terminal, "%s\n", safe);
	free(safe);
	buffer_release(&text);
}

static void
print_step(int terminal, const struct step *step)
{
	struct buffer text = {0};

	buffer_printf(&text, "%s", action_name(step->action));
	if (!span_absent(step->package))
		buffer_printf(&text, " %.*s", SPAN_ARG(step->package));
	if (action_is_package(step->action))
		buffer_printf(&text, " from %.*s to %.*s", SPAN_ARG(step->from),
		    SPAN_ARG(step->to));
	print(terminal, "  [ ] ", buffer_span(&text));
	print(terminal, "      because ", step->reason);
	print(terminal, "      way back ", step->backout);
	buffer_release(&text);
}

/* Everything that the operator should have at hand. */
static void
print_checklist(int terminal, const struct visit *visit,
    struct step *const *steps, size_t count)
{
	const struct plan_host *host = plan_host(
	    visit->site->plan, visit->host);

	print(terminal, "\n", visit->host);
	if (host != NULL) {
		print(terminal, "  role ", host->role);
		print(terminal, "  contact ", host->contact);
		print(terminal, "  procedure ", host->procedure);
	}
	print(terminal, "  owner ", steps[0]->owner);
	print(terminal, "  tester ", steps[0]->tester);
	print(terminal, "  window until ", steps[0]->end_text);
	for (size_t i = 0; i < count; i++)
		print_step(terminal, steps[i]);
}

/* One line; an end of file is no. */
static struct span
read_line(int terminal, char *line, size_t size)
{
	size_t n = 0;
	char byte;

	while (read(terminal, &byte, 1) == 1 && byte != '\n')
		if (n < size)
			line[n++] = byte;
	return span_trim((struct span){line, n});
}

static bool
ask_terminal(const struct visit *visit, enum question question,
    struct step *const *steps, size_t count)
{
	static const char *const questions[] = {
	    [QUESTION_BEGIN] = "Begin? yes, or no and why: ",
	    [QUESTION_DONE] = "Done by hand? yes or no, and a remark: ",
	};
	int terminal = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
	char line[ANSWER_MAX];
	struct span answer, rest;
	bool yes;

	if (terminal == -1) {
		buffer_printf(&said,
		    "there is no terminal to ask at; name a file "
		    "with --answers");
		return false;
	}
	print_checklist(terminal, visit, steps, count);
	do {
		dprintf(terminal, "%s", questions[question]);
		rest = read_line(terminal, line, sizeof(line));
		answer = cut_word(&rest);
		yes = span_is(answer, "yes");
	} while (answer.n > 0 && !yes && !span_is(answer, "no"));
	close(terminal);
	buffer_printf(&said, "answered %s", yes ? "yes" : "no");
	if (rest.p != NULL && rest.n > 0)
		buffer_printf(&said, ": %.*s", SPAN_ARG(rest));
	return yes;
}

bool
attend_ask(const struct visit *visit, enum question question,
    struct step *const *steps, size_t count, struct span *remark)
{
	bool yes;

	buffer_reset(&said);
	yes = have_file ? ask_file(steps, count)
			: ask_terminal(visit, question, steps, count);
	*remark = buffer_span(&said);
	return yes;
}
