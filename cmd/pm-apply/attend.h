/*
 * The operator who is present: sees a checklist before an attended step begins,
 * and says whether it may; says of what was left to a person whether it is done.
 * Answers come from the terminal, or from a file that was written beforehand,
 * lines of a step, yes or no, and a remark, with blanks between; an asterisk
 * behind a slash of the step stands for all that begin so.
 */
#ifndef PM_APPLY_ATTEND_H
#define PM_APPLY_ATTEND_H

#include "visit.h"

enum question {
	QUESTION_BEGIN, /* may it begin? */
	QUESTION_DONE	/* has a person done it? */
};

/* Read the file of answers, or NULL: the terminal is asked. */
void attend_open(const char *file);

/*
 * Ask once for all these steps of a visit.  Yes is true; *remark says who
 * answered what, until the next call.
 */
bool attend_ask(const struct visit *visit, enum question question,
    struct step *const *steps, size_t count, struct span *remark);

void attend_close(void);

#endif
