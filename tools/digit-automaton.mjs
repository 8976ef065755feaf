/*
 * Digit patterns (the regular expressions of libphonenumber's metadata) to
 * one minimised automaton, and that to a compact table.
 *
 * A pattern uses digits, \d, [classes], groups, '|', '?', {n} and {n,m} only,
 * so its language is finite and the automaton has no cycle.
 */

/* A tree: {any: digits mask}, {all: [...]}, {one: [...]}, {of, min, max}. */
export function parsePattern(text) {
	let at = 0;

	function fail(what) {
		throw new Error(`${what} at ${at} of pattern ${text}`);
	}
	function digitClass() {
		let mask = 0;
		for (; text[at] !== ']'; at++) {
			const from = Number(text[at]);
			let to = from;
			if (text[at + 1] === '-') {
				to = Number(text[at + 2]);
				at += 2;
			}
			if (!(from <= to)) fail('bad class');
			for (let d = from; d <= to; d++) mask |= 1 << d;
		}
		at++;
		return {any: mask};
	}
	function atom() {
		const c = text[at++];
		if (c >= '0' && c <= '9') return {any: 1 << Number(c)};
		if (c === '[') return digitClass();
		if (c === '\\' && text[at] === 'd') {
			at++;
			return {any: 1023};
		}
		if (c !== '(') fail('unknown mark');
		if (text.startsWith('?:', at)) at += 2;
		const inner = choice();
		if (text[at++] !== ')') fail('no )');
		return inner;
	}
	function repeated(of) {
		if (text[at] === '?') {
			at++;
			return {of, min: 0, max: 1};
		}
		const m = /^\{(\d+)(?:,(\d+))?\}/.exec(text.slice(at));
		if (!m) return of;
		at += m[0].length;
		return {of, min: Number(m[1]), max: Number(m[2] ?? m[1])};
	}
	function sequence() {
		const all = [];
		while (at < text.length && text[at] !== '|' && text[at] !== ')')
			all.push(repeated(atom()));
		return {all};
	}
	function choice() {
		const one = [sequence()];
		while (text[at] === '|') {
			at++;
			one.push(sequence());
		}
		return one.length === 1 ? one[0] : {one};
	}
	const tree = choice();
	if (at !== text.length) fail('left over');
	return tree;
}

/* Thompson's construction; each pattern added carries a tag at its end. */
export class Nfa {
	constructor() {
		this.free = []; /* state -> states reached without a digit */
		this.step = []; /* state -> [mask, next] or undefined */
		this.tag = [];
		this.start = this.state();
	}
	state() {
		this.free.push([]);
		this.step.push(undefined);
		return this.free.length - 1;
	}
	/* `prefix`: whatever begins with the pattern matches. */
	add(pattern, tag, prefix = false) {
		const end = this.build(parsePattern(pattern), this.start);
		const last = this.state();
		this.free[end].push(last);
		this.tag[last] = tag;
		if (prefix) this.step[last] = [1023, last];
	}
	build(tree, from) {
		if (tree.any !== undefined) {
			const begin = this.state(), end = this.state();
			this.free[from].push(begin);
			this.step[begin] = [tree.any, end];
			return end;
		}
		if (tree.all)
			return tree.all.reduce((s, t) => this.build(t, s), from);
		const end = this.state();
		if (tree.one) {
			for (const t of tree.one)
				this.free[this.build(t, from)].push(end);
			return end;
		}
		let s = from;
		for (let i = 0; i < tree.max; i++) {
			if (i >= tree.min) this.free[s].push(end);
			s = this.build(tree.of, s);
		}
		this.free[s].push(end);
		return end;
	}
	closure(states) {
		const seen = new Set(states), todo = [...states];
		while (todo.length > 0)
			for (const next of this.free[todo.pop()])
				if (!seen.has(next)) {
					seen.add(next);
					todo.push(next);
				}
		return [...seen].filter(
		    (s) => this.step[s] || this.tag[s] !== undefined)
		    .sort((a, b) => a - b);
	}
}

/*
 * All automata share their states.  A state is {out, next[10]}: out is the
 * class of a text that ends there (0: none), next[d] a state or 0.
 */
export class Automata {
	constructor() {
		this.states = [{out: 0, next: Array(10).fill(0)}];
		this.known = new Map([[this.key(this.states[0]), 0]]);
	}
	key(state) {
		return `${state.out}:${state.next.join()}`;
	}
	intern(state) {
		const key = this.key(state);
		if (!this.known.has(key)) {
			this.known.set(key, this.states.length);
			this.states.push(state);
		}
		return this.known.get(key);
	}
	/* outcome(set of tags, length) names the class of a text. */
	add(nfa, longest, outcome) {
		const memo = new Map();
		const visit = (set, length) => {
			const name = `${length}:${set.join()}`;
			if (memo.has(name)) return memo.get(name);
			const tags = new Set(set.map((s) => nfa.tag[s])
			    .filter((t) => t !== undefined));
			const next = Array(10).fill(0);
			for (let d = 0; d < 10 && length < longest; d++) {
				const to = set.filter((s) => nfa.step[s] &&
				    nfa.step[s][0] >> d & 1)
				    .map((s) => nfa.step[s][1]);
				if (to.length > 0)
					next[d] = visit(nfa.closure(to),
					    length + 1);
			}
			const id = this.intern(
			    {out: outcome(tags, length), next});
			memo.set(name, id);
			return id;
		};
		return visit(nfa.closure([nfa.start]), 0);
	}
}

/*
 * The table.  A reference below the number of tails is a tail, any other one
 * a node that stands so many words behind that.
 *
 * A tail is what is left when only the number of further digits counts: bit n
 * of its lengths is set where n more digits make a text of its class.  Tail 0
 * is the dead end.
 *
 * A node is a word, the class of a text that ends here (with ENDS only) and
 * references.  With TWO there are two of them and bit d (0..9) of the word
 * says that digit d leads to the second; else bit d says that digit d begins
 * a run of digits that lead to the same place, and each run has a reference.
 */
export const ENDS = 0x8000, TWO = 0x4000;

export class Table {
	constructor(automata, starts) {
		this.automata = automata;
		this.words = [];
		this.placed = new Map();
		this.number(starts);
		for (const id of starts) this.place(id);
		if (this.tails.length + this.words.length > 0xffff)
			throw new Error('the table outgrew its references');
	}
	/* [lengths, class] of a state that looks only at the length, or null. */
	tail(id) {
		let lengths = 0, cls = 0;
		for (let n = 0; id !== 0; n++) {
			const {out, next} = this.automata.states[id];
			if (next.some((x) => x !== next[0])) return null;
			if (out !== 0 && cls !== 0 && out !== cls) return null;
			if (out !== 0) {
				lengths |= 1 << n;
				cls = out;
			}
			id = next[0];
		}
		return [lengths, cls];
	}
	/* Finds the tails; those that are used most get the lowest numbers. */
	number(starts) {
		const used = new Map([[0, Infinity]]), seen = new Set();
		const visit = (id) => {
			if (this.tail(id)) {
				used.set(id, (used.get(id) ?? 0) + 1);
			} else if (!seen.has(id)) {
				seen.add(id);
				this.automata.states[id].next.forEach(visit);
			}
		};
		starts.forEach(visit);
		const order = [...used.keys()].sort((a, b) =>
		    used.get(a) === used.get(b) ? a - b :
		    used.get(b) - used.get(a));
		this.tails = order.map((id) => this.tail(id));
		order.forEach((id, i) => this.placed.set(id, i));
	}
	place(id) {
		if (!this.placed.has(id)) this.placed.set(id, this.node(id));
		return this.placed.get(id);
	}
	node(id) {
		const {out, next} = this.automata.states[id];
		const refs = next.map((x) => this.place(x));
		const bits = (test) => refs.reduce((mask, ref, d) =>
		    test(ref, d) ? mask | 1 << d : mask, 0);
		const two = [...new Set(refs)];
		const runs = (ref, d) => d === 0 || ref !== refs[d - 1];
		const at = this.words.length;
		const node = two.length === 2 ?
		    [TWO | bits((ref) => ref === two[1]), ...two] :
		    [bits(runs), ...refs.filter(runs)];
		if (out !== 0) {
			node[0] |= ENDS;
			node.splice(1, 0, out);
		}
		this.words.push(...node);
		return this.tails.length + at;
	}
	/* As number_facts.c reads it: the class of a text, 0 for none. */
	look(ref, digits) {
		for (let i = 0; ; i++) {
			if (ref < this.tails.length) {
				const [lengths, cls] = this.tails[ref];
				return lengths >> (digits.length - i) & 1 ?
				    cls : 0;
			}
			let at = ref - this.tails.length;
			const head = this.words[at++];
			if (i === digits.length)
				return head & ENDS ? this.words[at] : 0;
			if (head & ENDS) at++;
			const d = Number(digits[i]);
			if (head & TWO) {
				at += head >> d & 1;
			} else {
				let runs = head & ((2 << d) - 1);
				for (runs &= runs - 1; runs; runs &= runs - 1)
					at++;
			}
			ref = this.words[at];
		}
	}
}
