// LaTeX formulas as MathML, which browsers render natively. Supports what solutions of maths problems use; for anything else
// it returns undefined, and the formula is shown as source. Length, number of tokens and depth are limited, and each token is
// visited once.

const TEX_LONGEST = 6000, TEX_MOST_TOKENS = 3000, TEX_DEEPEST = 40;
const TEX_TOKEN = /\\(?:(?:operatorname|hspace)\*|[a-zA-Z]+|[^])|\s+|\d+(?:\.\d+)?|[^]/uy;

const math = (tag, attributes, ...children) =>
  fill(document.createElementNS("http://www.w3.org/1998/Math/MathML", tag), attributes, children);
const operator = (text, attributes) => math("mo", attributes, text);

/** The formula as a math element, or undefined if it is not supported. */
function formula(source, display) {
  if (source.length > TEX_LONGEST) return undefined;
  try {
    const parser = new TexParser(source, display);
    const content = parser.table((token) => token === undefined, ["", ""]);
    return math("math", display ? { display: "block" } : {}, content);
  } catch (error) {
    if (error instanceof TexError) return undefined;
    throw error;
  }
}

class TexError extends Error {}

class TexParser {
  constructor(source, display) {
    this.tokens = [];
    TEX_TOKEN.lastIndex = 0;
    for (let match; (match = TEX_TOKEN.exec(source)); ) {
      if (this.tokens.push(match[0]) > TEX_MOST_TOKENS) throw new TexError("too long");
    }
    this.at = 0;
    this.depth = 0;
    this.display = display;
  }

  get blank() { return /^\s/.test(this.tokens[this.at] ?? ""); }
  peek() { while (this.blank) this.at += 1; return this.tokens[this.at]; }
  next() { const token = this.peek(); this.at += 1; return token; }
  expect(token) { if (this.next() !== token) throw new TexError(`expected ${token}`); }

  deeper(body) {
    if ((this.depth += 1) > TEX_DEEPEST) throw new TexError("too deep");
    const result = body();
    this.depth -= 1;
    return result;
  }

  /** Rows and cells up to the end; without any `&` and `\\` just the formula. */
  table(isEnd, [open, close], attributes = {}) {
    return this.deeper(() => {
      const lines = [[this.row((token) => isEnd(token) || token === "&" || token === "\\\\")]];
      while (!isEnd(this.peek())) {
        const separator = this.next();
        if (separator === "\\\\") {
          if (this.peek() === "[") this.optional();
          while (this.peek() === "\\hline") this.next();
          if (isEnd(this.peek())) break;
          lines.push([]);
        }
        lines.at(-1).push(this.row((token) => isEnd(token) || token === "&" || token === "\\\\"));
      }
      if (lines.length === 1 && lines[0].length === 1 && !open && !close) return lines[0][0];
      const table = math("mtable", { displaystyle: this.display ? "true" : undefined, ...attributes },
        lines.map((cells) => math("mtr", {}, cells.map((cell) => math("mtd", {}, cell)))));
      return math("mrow", {}, open && operator(open, { fence: "true", stretchy: "true" }), table,
        close && operator(close, { fence: "true", stretchy: "true" }));
    });
  }

  row(isEnd) {
    const items = [];
    for (let token = this.peek(); !isEnd(token); token = this.peek()) {
      if (token === undefined || token === "}" || token === "\\right" || token === "\\end") throw new TexError("ends early");
      if (token === "^" || token === "_" || token === "'") items.push(this.scripts(items.pop() ?? math("mrow")));
      else items.push(...this.item());
    }
    return math("mrow", {}, items);
  }

  scripts(base) {
    let sub, sup, primes = "";
    for (let token = this.peek(); token === "^" || token === "_" || token === "'"; token = this.peek()) {
      this.next();
      if (token === "'") primes += "′";
      else if (token === "_" && !sub) sub = this.argument();
      else if (token === "^" && !sup) sup = this.argument();
      else throw new TexError("two scripts");
    }
    if (primes) sup = math("mrow", {}, operator(primes), sup);
    const isLimits = base.dataset?.limits === "yes" || (base.dataset?.limits === "display" && this.display);
    const [both, under, over] = isLimits ? ["munderover", "munder", "mover"] : ["msubsup", "msub", "msup"];
    return sub && sup ? math(both, {}, base, sub, sup) : sub ? math(under, {}, base, sub) : math(over, {}, base, sup);
  }

  /** One argument of a command: a group, or a single item. */
  argument() {
    return this.deeper(() => {
      const token = this.peek();
      if (token === undefined || token === "}" || token === "&") throw new TexError("an argument is missing");
      if (/^\d\d/.test(token)) {
        // TeX takes a single digit: \frac12.
        this.tokens.splice(this.at, 1, ...token);
      }
      return math("mrow", {}, this.item());
    });
  }

  optional() {
    this.expect("[");
    const content = this.row((token) => token === "]");
    this.expect("]");
    return content;
  }

  /** The plain text of a group. */
  text() {
    this.expect("{");
    let [text, depth] = ["", 1];
    while (this.at < this.tokens.length) {
      const token = this.tokens[this.at++];
      if (token === "{") depth += 1;
      if (token === "}" && (depth -= 1) === 0) return text;
      if (token !== "$" && token !== "{" && token !== "}") text += token.replace(/^\\([%$#_&{} ])$/, "$1");
    }
    throw new TexError("a group never ends");
  }

  /** Nodes of the next item, without its scripts. */
  item() {
    const token = this.next();
    if (token === "{") {
      const content = this.deeper(() => this.row((token) => token === "}"));
      this.expect("}");
      return [content];
    }
    if (token[0] === "\\") return this.command(token.slice(1));
    if (/^\d/.test(token)) return [math("mn", {}, token)];
    if (/^\p{L}$/u.test(token)) return [math("mi", {}, token)];
    if (token === "~") return [math("mspace", { width: "0.33em" })];
    if (token === "&" || token === "$" || token === "%" || token === "#") throw new TexError(token);
    const fence = "()[]|".includes(token);
    return [operator(token === "-" ? MINUS : token === "*" ? "∗" : token, fence ? { stretchy: "false" } : {})];
  }

  command(name) {
    if (Object.hasOwn(TEX_LETTERS, name)) return [math("mi", {}, TEX_LETTERS[name])];
    if (Object.hasOwn(TEX_OPERATORS, name)) return [operator(TEX_OPERATORS[name], { stretchy: "false" })];
    if (Object.hasOwn(TEX_SPACES, name)) return [math("mspace", { width: TEX_SPACES[name] })];
    if (Object.hasOwn(TEX_BIG, name)) {
      return [operator(TEX_BIG[name], { "data-limits": name.endsWith("int") ? "no" : "display", movablelimits: "false" })];
    }
    if (TEX_FUNCTIONS.has(name)) return this.called(name, TEX_LIMITS.has(name));
    if (Object.hasOwn(TEX_FONTS, name)) return [this.styled(TEX_FONTS[name])];
    if (Object.hasOwn(TEX_ACCENTS, name)) {
      const accent = operator(TEX_ACCENTS[name], { stretchy: /^(wide|over)/.test(name) });
      return [math("mover", { accent: "true" }, this.argument(), accent)];
    }
    if (/^[{}%$#_&]$/.test(name)) return [operator(name, { stretchy: "false" })];
    if (name === "|") return [operator("‖", { stretchy: "false" })];
    const own = this[`_${name.replace("*", "")}`];
    if (own) return own.call(this);
    throw new TexError(`\\${name}`);
  }

  called(name, hasLimits) {
    const next = this.peek();
    const call = math("mi", { "data-limits": hasLimits ? "display" : "no" }, name);
    return next === "^" || next === "_" || next === "(" || next === "{" ? [call] : [call, math("mspace", { width: "0.167em" })];
  }

  /** Fonts as Unicode characters, as MathML Core requires. */
  styled(variant) {
    const content = this.argument();
    const letters = content.querySelectorAll("mi");
    if (variant === "normal") for (const letter of letters) letter.setAttribute("mathvariant", "normal");
    else if (variant === "double-struck") for (const letter of letters) letter.textContent = doubleStruck(letter.textContent);
    else content.setAttribute("style", TEX_STYLES[variant] ?? "font-family: cursive");
    return content;
  }

  fraction(attributes, style) {
    const [over, under] = [this.argument(), this.argument()];
    const content = math("mfrac", attributes, over, under);
    return [style === undefined ? content : math("mstyle", { displaystyle: style }, content)];
  }
  _frac() { return this.fraction(); }
  _dfrac() { return this.fraction({}, "true"); }
  _cfrac() { return this.fraction({}, "true"); }
  _tfrac() { return this.fraction({}, "false"); }
  _binom() {
    return [operator("("), ...this.fraction({ linethickness: "0" }), operator(")")];
  }
  _dbinom() { return this._binom(); }
  _sqrt() {
    const degree = this.peek() === "[" ? this.optional() : undefined;
    const content = this.argument();
    return [degree ? math("mroot", {}, content, degree) : math("msqrt", {}, content)];
  }
  _text() { return [math("mtext", {}, ...visible(this.text().replaceAll(" ", "\u00a0")))]; }
  _textbf() { return this._text(); }
  _textit() { return this._text(); }
  _textrm() { return this._text(); }
  _mbox() { return this._text(); }
  _operatorname() { return this.called(this.text(), false); }
  _boxed() { return [math("mrow", { class: "boxed" }, this.argument())]; }
  _fbox() { return [math("mrow", { class: "boxed" }, this._text())]; }
  _cancel() { return [math("mrow", { class: "cancel" }, this.argument())]; }
  _underline() { return [math("munder", {}, this.argument(), operator("_", { stretchy: "true" }))]; }
  _underbrace() { return [math("munder", { "data-limits": "yes" }, this.argument(), operator("⏟", { stretchy: "true" }))]; }
  _overset() { const above = this.argument(); return [math("mover", {}, this.argument(), above)]; }
  _stackrel() { return this._overset(); }
  _underset() { const below = this.argument(); return [math("munder", {}, this.argument(), below)]; }
  _xrightarrow() { return [math("mover", {}, operator("→", { stretchy: "true" }), this.argument())]; }
  _not() {
    const [node] = this.item();
    node.textContent += "\u0338";
    return [node];
  }
  _mod() { return [math("mspace", { width: "0.5em" }), math("mi", {}, "mod"), math("mspace", { width: "0.25em" })]; }
  _bmod() { return this._mod(); }
  _pmod() {
    return [operator("("), math("mi", {}, "mod"), math("mspace", { width: "0.25em" }), this.argument(), operator(")")];
  }
  _hspace() { this.text(); return [math("mspace", { width: "0.5em" })]; }
  _phantom() { return [math("mphantom", {}, this.argument())]; }
  _displaystyle() { return []; }
  _textstyle() { return []; }
  _limits() { return []; }
  _nolimits() { return []; }
  _nonumber() { return []; }
  _big() { return this.delimiter(); }
  _Big() { return this.delimiter(); }
  _bigg() { return this.delimiter(); }
  _Bigg() { return this.delimiter(); }
  _bigl() { return this.delimiter(); }
  _bigr() { return this.delimiter(); }
  _Bigl() { return this.delimiter(); }
  _Bigr() { return this.delimiter(); }
  _middle() { return this.delimiter({ stretchy: "true" }); }

  delimiter(attributes = { stretchy: "false" }) {
    const token = this.next();
    if (token === ".") return [];
    const name = token?.slice(1) ?? "";
    const named = () => (Object.hasOwn(TEX_OPERATORS, name) ? TEX_OPERATORS[name] : name === "|" ? "‖" : name);
    const text = token?.[0] === "\\" ? named() : token;
    if (!text || [...text].length !== 1) throw new TexError("a delimiter is missing");
    return [operator(text, { fence: "true", ...attributes })];
  }

  _left() {
    const open = this.delimiter({ stretchy: "true" });
    const content = this.deeper(() => this.row((token) => token === "\\right"));
    this.expect("\\right");
    return [math("mrow", {}, open, content, this.delimiter({ stretchy: "true" }))];
  }

  _begin() {
    const name = this.text();
    const fences = TEX_ENVIRONMENTS[name];
    if (!Object.hasOwn(TEX_ENVIRONMENTS, name)) throw new TexError(name);
    if (name === "array" || name === "alignedat") this.text();
    while (this.peek() === "\\hline") this.next();
    const isAligned = /^(align|split|eqn)/.test(name);
    const content = this.table((token) => token === "\\end" || token === undefined, fences,
      isAligned ? { class: "aligned" } : name === "cases" ? { class: "cases" } : {});
    this.expect("\\end");
    if (this.text() !== name) throw new TexError("another environment ends");
    return [content];
  }
}

function doubleStruck(text) {
  const special = { C: "ℂ", H: "ℍ", N: "ℕ", P: "ℙ", Q: "ℚ", R: "ℝ", Z: "ℤ" };
  return [...text].map((letter) => special[letter]
    ?? (/[A-Z]/.test(letter) ? String.fromCodePoint(0x1d538 + letter.charCodeAt(0) - 65) : letter)).join("");
}
