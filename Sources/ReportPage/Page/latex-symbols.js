// What LaTeX's commands for single characters stand for.

const words = (text) => Object.fromEntries(text.trim().split(/\s+/).map((pair) => {
  const at = pair.indexOf("=");
  return [pair.slice(0, at), pair.slice(at + 1)];
}));

const TEX_LETTERS = words(`
  alpha=α beta=β gamma=γ delta=δ epsilon=ϵ varepsilon=ε zeta=ζ eta=η theta=θ vartheta=ϑ iota=ι kappa=κ lambda=λ mu=μ nu=ν xi=ξ
  pi=π varpi=ϖ rho=ρ varrho=ϱ sigma=σ varsigma=ς tau=τ upsilon=υ phi=ϕ varphi=φ chi=χ psi=ψ omega=ω Gamma=Γ Delta=Δ Theta=Θ
  Lambda=Λ Xi=Ξ Pi=Π Sigma=Σ Upsilon=Υ Phi=Φ Psi=Ψ Omega=Ω infty=∞ partial=∂ nabla=∇ ell=ℓ hbar=ℏ Re=ℜ Im=ℑ aleph=ℵ emptyset=∅
  varnothing=∅ imath=ı jmath=ȷ wp=℘ angle=∠ triangle=△ square=□ Box=□ blacksquare=■ bigstar=★ star=⋆ degree=° checkmark=✓ top=⊤
  bot=⊥ ldots=… dots=… dotsc=… dotsb=⋯ cdots=⋯ vdots=⋮ ddots=⋱ prime=′ pounds=£ circ=∘ bullet=• diamond=⋄ clubsuit=♣ heartsuit=♡
  spadesuit=♠ diamondsuit=♢
`);

const TEX_OPERATORS = words(`
  times=× div=÷ cdot=⋅ pm=± mp=∓ ast=∗ oplus=⊕ ominus=⊖ otimes=⊗ odot=⊙ wedge=∧ land=∧ vee=∨ lor=∨ cap=∩ cup=∪ setminus=∖ neg=¬
  lnot=¬ forall=∀ exists=∃ nexists=∄ in=∈ notin=∉ ni=∋ subset=⊂ supset=⊃ subseteq=⊆ supseteq=⊇ subsetneq=⊊ leq=≤ le=≤ leqslant=⩽ geq=≥
  ge=≥ geqslant=⩾ neq=≠ ne=≠ ll=≪ gg=≫ lt=< gt=> approx=≈ equiv=≡ cong=≅ sim=∼ simeq=≃ propto=∝ perp=⊥ parallel=∥ mid=∣ nmid=∤
  vdash=⊢ models=⊨ to=→ rightarrow=→ leftarrow=← gets=← leftrightarrow=↔ Rightarrow=⇒ implies=⟹ Longrightarrow=⟹ Leftarrow=⇐
  Leftrightarrow=⇔ iff=⟺ Longleftrightarrow=⟺ longrightarrow=⟶ longleftarrow=⟵ mapsto=↦ uparrow=↑ downarrow=↓ nearrow=↗ searrow=↘
  hookrightarrow=↪ therefore=∴ because=∵ colon=: lfloor=⌊ rfloor=⌋ lceil=⌈ rceil=⌉ langle=⟨ rangle=⟩ lvert=| rvert=| vert=| lVert=‖
  rVert=‖ Vert=‖ lbrace={ rbrace=} lbrack=[ rbrack=] backslash=\\ asymp=≍ doteq=≐ triangleq=≜ prec=≺ succ=≻ bowtie=⋈ dagger=†
`);

const TEX_BIG = words(`
  sum=∑ prod=∏ coprod=∐ bigcup=⋃ bigcap=⋂ bigoplus=⨁ bigotimes=⨂ bigvee=⋁ bigwedge=⋀ int=∫ iint=∬ iiint=∭ oint=∮
`);

const TEX_FUNCTIONS = new Set(`
  sin cos tan cot sec csc sinh cosh tanh coth arcsin arccos arctan arg log ln lg exp det dim ker deg hom gcd lcm Pr
  lim limsup liminf max min sup inf
`.trim().split(/\s+/));
const TEX_LIMITS = new Set(["lim", "limsup", "liminf", "max", "min", "sup", "inf", "gcd", "lcm", "Pr", "det"]);

const TEX_ACCENTS = words(`
  hat=^ widehat=^ bar=¯ overline=¯ vec=→ overrightarrow=→ overleftarrow=← tilde=~ widetilde=~ dot=˙ ddot=¨ check=ˇ breve=˘ acute=´
  grave=\` overbrace=⏞ overarc=⏜
`);
const TEX_SPACES = { ",": "0.167em", ":": "0.222em", ">": "0.222em", ";": "0.278em", "!": "0", " ": "0.33em", quad: "1em", qquad: "2em",
  enspace: "0.5em", thinspace: "0.167em" };
const TEX_FONTS = { mathrm: "normal", mathbf: "bold", mathit: "italic", mathbb: "double-struck", mathcal: "script", mathscr: "script",
  mathfrak: "fraktur", mathsf: "sans-serif", mathtt: "monospace", boldsymbol: "bold", bm: "bold", rm: "normal", bf: "bold" };
const TEX_STYLES = { bold: "font-weight: bold", italic: "font-style: italic", monospace: "font-family: monospace",
  "sans-serif": "font-family: sans-serif" };
const TEX_ENVIRONMENTS = { matrix: ["", ""], pmatrix: ["(", ")"], bmatrix: ["[", "]"], Bmatrix: ["{", "}"], vmatrix: ["|", "|"],
  Vmatrix: ["‖", "‖"], smallmatrix: ["", ""], cases: ["{", ""], array: ["", ""], aligned: ["", ""], align: ["", ""], "align*": ["", ""],
  alignedat: ["", ""], split: ["", ""], gather: ["", ""], "gather*": ["", ""], gathered: ["", ""], equation: ["", ""],
  "equation*": ["", ""], eqnarray: ["", ""], "eqnarray*": ["", ""] };
