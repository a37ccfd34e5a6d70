/* The ticket line of a strict semaphore: four waiters, one of whom asks for two of two permits. Two
 * of them may cancel at any time, one may look again for no reason, and one may keep its permit until
 * nothing else moves. (With all of them free to do all of that it is 149 million states, and right.)
 *
 * What is modelled: the word {permits, HAS} with its rule (HAS freezes it: only the lock holder
 * writes, with plain stores), the lock, the line, the watermark, releases with and without the lock,
 * a release to many in one section, cancels before and after the grant, wake-ups outside the lock.
 * Memory is sequentially consistent: the orderings are loom's to check.
 *
 * What is checked, in every interleaving:
 *   - never more permits are out than there are, and nobody is granted twice;
 *   - grants are made in line order (the watermark never goes back);
 *   - nobody is stuck: a patient waiter asleep for ever is an invalid end state;
 *   - when nothing else moves, the head of the line asks for more than there is;
 *   - at the end all permits are back, the line is empty and the word is not frozen.
 *
 * MUTANT 1 to 6 each break one line, and must be found:
 *   1 a cancelled waiter does not have the new head looked at
 *   2 a granted waiter who cancels keeps the permits
 *   3 HAS is set without looking at the permits again
 *   4 a release writes the word though it is frozen
 *   5 a cancel does not look again under the lock
 *   6 a release serves the first only
 */

#ifndef MUTANT
#define MUTANT 0
#endif

#define WAITERS 4
#define PERMITS 2
#define ASK(who) (who == 1 -> 2 : 1)
#define MAY_CANCEL(who) (who == 1 || who == 3)
#define RESTLESS(who) (who == 2)
#define MAY_KEEP(who) (who == 0)
#define NOBODY 255

/* The word. */
byte permits = PERMITS;
bool has = false;

/* Outside the lock: tickets below are granted. */
byte served = 0;

/* Under the lock. A ticket is a place in the line; who left has no waker. */
bool locked = false;
byte head = 0;
byte tail = 0;
byte in_line[WAITERS] = NOBODY;

/* Who was woken, and what is out. */
bool woken[WAITERS] = false;
byte out = 0;

inline lock() {
	atomic { !locked -> locked = true }
}

inline unlock() {
	locked = false
}

/* Under the lock: decides who gets what was there and what was gained, all of it. Leaves those to
 * wake in `wake`, one bit each. */
inline assign(gained) {
	if
	:: atomic { !has -> permits = permits + gained }
	:: else ->
		/* Frozen: what is read now stays true until it is stored below. */
		avail = permits + gained;
		upto = served;
		do
		:: head < tail && in_line[head] == NOBODY -> head++
		:: head < tail && in_line[head] != NOBODY && ASK(in_line[head]) <= avail ->
			avail = avail - ASK(in_line[head]);
			assert(upto <= head);
			wake = wake | (1 << in_line[head]);
			in_line[head] = NOBODY;
			head++;
			upto = head;
#if MUTANT == 6
			break
#endif
		:: else -> break
		od;
		do
		:: head < tail && in_line[head] == NOBODY -> head++
		:: else -> break
		od;
		/* Two plain stores, the word first. */
		atomic { permits = avail; has = head < tail };
		served = upto;
		d_step { avail = 0; upto = 0 }
	fi
}

/* Assigns, and wakes outside the lock, one after the other. The lock is held. */
inline pass_on(gained) {
	assign(gained);
	unlock();
	do
	:: next < WAITERS ->
		d_step {
			if
			:: (wake >> next) & 1 -> woken[next] = true
			:: else
			fi;
			next++
		}
	:: else -> break
	od;
	atomic { wake = 0; next = 0 }
}

inline release(n) {
	if
#if MUTANT == 4
	:: atomic { true -> permits = permits + n }
#else
	:: atomic { !has -> permits = permits + n }
	:: else -> lock(); pass_on(n)
#endif
	fi
}

proctype waiter(byte me) {
	byte ticket = NOBODY;
	byte wake = 0;
	byte next = 0;
	byte avail = 0;
	byte upto = 0;
	bool granted = false;
	bool restless = RESTLESS(me);

	/* The first poll: take, or join the line. */
	if
	:: atomic { !has && permits >= ASK(me) -> permits = permits - ASK(me); granted = true }
	:: else ->
		lock();
		if
#if MUTANT == 3
		:: atomic { true -> has = true };
#else
		:: atomic { !has && permits >= ASK(me) -> permits = permits - ASK(me); granted = true }
		:: atomic { else -> has = true };
#endif
			ticket = tail;
			in_line[tail] = me;
			tail++
		fi;
		unlock()
	fi;

	/* Waits, until it is granted or gives up. */
	do
	:: granted -> break
	:: !granted && (woken[me] || restless) ->
		d_step {
			if
			:: woken[me] -> woken[me] = false
			:: else -> restless = false
			fi
		};
		if
		:: ticket < served -> granted = true
		:: else ->
			lock();
			if
			:: in_line[ticket] != me -> granted = true
			:: else
			fi;
			unlock()
		fi
	:: !granted && MAY_CANCEL(me) -> goto cancel
	od;

	/* Has it. */
	atomic { out = out + ASK(me); assert(out <= PERMITS) };
	if
	:: true
	:: MAY_KEEP(me) ->
		timeout;
		d_step {
			do
			:: head < tail && in_line[head] == NOBODY -> head++
			:: else -> break
			od;
			assert(head == tail || ASK(in_line[head]) > permits)
		}
	fi;
	out = out - ASK(me);
	release(ASK(me));
	goto done;

cancel:
	if
	:: ticket < served -> goto granted_already
	:: else
	fi;
	lock();
	if
#if MUTANT != 5
	:: in_line[ticket] != me ->
		unlock();
		goto granted_already
#endif
	:: else ->
		if
		:: head == ticket ->
			in_line[ticket] = NOBODY;
#if MUTANT == 1
			do
			:: head < tail && in_line[head] == NOBODY -> head++
			:: else -> break
			od;
			if
			:: head == tail -> has = false
			:: else
			fi;
			unlock()
#else
			pass_on(0)
#endif
		:: else ->
			in_line[ticket] = NOBODY;
			unlock()
		fi
	fi;
	goto done;

granted_already:
#if MUTANT != 2
	release(ASK(me));
#endif

done:
	skip
}

init {
	byte who = 0;
	atomic {
		do
		:: who < WAITERS -> run waiter(who); who++
		:: else -> break
		od
	};
	_nr_pr == 1;
	assert(permits == PERMITS && !has && head == tail && out == 0)
}
