/*
 * Detached signatures of OpenSSH (PROTOCOL.sshsig), made and checked by
 * ssh-keygen -Y, so that keys, agents, tokens and files of allowed signers are
 * those that an administrator has already.
 *
 * A signature is kept as the base64 text between the two lines of its armour,
 * without line ends, so that it fits into a field of the stream.
 */
#ifndef PM_SIGNATURE_H
#define PM_SIGNATURE_H

#include "memory.h"

/*
 * Sign the message with a private key file, or a public one whose private half
 * an agent holds.  Appends to signature; false and a reason when it cannot.
 */
bool signature_make(const char *key, const char *name_space,
    struct span message, struct buffer *signature, struct buffer *reason);

/*
 * Did principal sign the message, with a key that the file of allowed signers
 * gives that name, and that is valid at this time?  False and a reason when
 * not, whatever the cause.
 */
bool signature_check(const char *signers, struct span principal,
    const char *name_space, struct span message, struct span signature,
    int64_t time, struct buffer *reason);

/*
 * The same of a signature as ssh-keygen writes it to a file, by any principal
 * whom the file of allowed signers gives its key for this name space.
 */
bool signature_check_file(const char *signers, const char *name_space,
    struct span message, struct span armoured, int64_t time,
    struct buffer *reason);

/* Append a signature as ssh-keygen writes it to a file. */
void signature_armour(struct span signature, struct buffer *text);

#endif
