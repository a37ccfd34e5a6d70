//! The look of the page and of the charts.

/// Colours by light and dark, shared by the page and by charts that stand alone.
pub(super) const COLOURS: &str = "
:root{color-scheme:light dark;--paper:#fdfdfb;--ink:#1d2126;--dim:#616a75;--rule:#dfe2e6;--card:#f4f5f3;
--ours:#0b7a53;--ours-threads:#6cae93;--peer:#8fa1b8;--self:#b8a4c9;--threads:#d3a46b;--python:#cfc06a;
--good:#0b7a53;--fine:#3f7f22;--bad:#b4451f}
@media(prefers-color-scheme:dark){:root{--paper:#14171a;--ink:#e6e8ea;--dim:#98a2ad;--rule:#2d3339;--card:#1b1f23;
--ours:#3ecf97;--ours-threads:#2c7f60;--peer:#5d7290;--self:#7c6794;--threads:#a0733c;--python:#8f8338;
--good:#3ecf97;--fine:#9ccf6e;--bad:#f08a62}}
";

/// The charts.
pub(super) const CHARTS: &str = "
svg{font:12px system-ui,-apple-system,'Segoe UI',sans-serif}
svg text{fill:var(--dim)}
svg text.ours{fill:var(--ours);font-weight:700}
svg text.value{fill:var(--ink);font-variant-numeric:tabular-nums}
svg text.value.ours{fill:var(--ours)}
svg text.axis{font-size:11px}
svg text.title{font-size:15px;font-weight:600;fill:var(--ink)}
path.one{stroke:var(--ours);stroke-width:1.5;fill:none}
rect.ours{fill:var(--ours)}rect.peer{fill:var(--peer)}rect.self{fill:var(--self)}rect.threads{fill:var(--threads)}
rect.ours-threads{fill:var(--ours-threads)}rect.python{fill:var(--python)}
circle.ours{fill:var(--ours)}circle.peer{fill:var(--peer)}circle.self{fill:var(--self)}circle.threads{fill:var(--threads)}
circle.ours-threads{fill:var(--ours-threads)}circle.python{fill:var(--python)}
circle{stroke:var(--paper);stroke-width:1}circle.ring{fill:var(--paper);stroke:var(--ours);stroke-width:2.5}
path.spread{stroke:var(--ink);stroke-width:1;fill:none;opacity:.55}
path.cut{stroke:var(--paper);stroke-width:2.5;fill:none}
path.grid{stroke:var(--rule);stroke-width:1;fill:none}
path.line{fill:none;stroke-width:1.6;stroke:var(--peer)}
path.line.ours{stroke:var(--ours);stroke-width:3}
path.line.self{stroke:var(--self)}path.line.threads{stroke:var(--threads)}
path.leader{stroke:var(--rule);stroke-width:1;fill:none}
svg.curves text.name{fill:var(--ink)}svg.curves text.name.ours{fill:var(--ours)}
path.line.ours-threads{stroke:var(--ours-threads)}path.line.python{stroke:var(--python)}
";

/// The page.
pub(super) const PAGE: &str = "
*{box-sizing:border-box}
svg{display:block;width:100%;height:auto}
body{margin:0 auto;max-width:1080px;padding:1.5rem 1rem 4rem;background:var(--paper);color:var(--ink);
font:16px/1.5 system-ui,-apple-system,'Segoe UI',sans-serif}
h1{font-size:1.9rem;line-height:1.15;margin:.2em 0}
h2{margin:2.6rem 0 .6rem;padding-top:.6rem;border-top:2px solid var(--ink);text-transform:capitalize}
h3{font-size:1rem;margin:0 0 .4rem;line-height:1.3}
body>h3{margin-top:1.6rem;font-size:1.1rem}
p{margin:.5rem 0;max-width:46rem}
.dim,figcaption{color:var(--dim);font-size:.88rem}
nav a{margin-right:1rem;display:inline-block}a{color:inherit}
.tally{display:flex;flex-wrap:wrap;gap:.8rem;margin:1.2rem 0}
.tally div{background:var(--card);border-radius:8px;padding:.6rem 1rem;min-width:7rem}
.tally b{display:block;font-size:1.6rem;line-height:1.2;font-variant-numeric:tabular-nums}
.stretch{color:var(--good)}.reached{color:var(--fine)}.missed{color:var(--bad)}.open{color:var(--dim)}
.key{color:var(--dim);font-weight:400;margin-right:.4em}
.cards{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,440px),1fr));gap:1rem}
figure{margin:0;padding:.9rem;background:var(--card);border-radius:8px}
.wide{overflow-x:auto;margin:1rem 0}
.field{margin:1rem 0}
table{border-collapse:collapse;font-size:.9rem;width:100%}
th,td{padding:.3rem .6rem;text-align:left;border-bottom:1px solid var(--rule);white-space:nowrap}
td.wrap{white-space:normal;min-width:12rem}
.said{font-size:1.08rem}h2+.said{margin-top:1rem}
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}
tr.ours td{font-weight:600}
.legend span{white-space:nowrap;margin-right:1rem;display:inline-block}
.legend i{display:inline-block;width:.8em;height:.8em;border-radius:2px;margin-right:.35em}
.warn{border-left:4px solid var(--bad);padding:.2rem .8rem}
td.title{white-space:normal;min-width:7rem}
@media(max-width:560px){body{padding:1rem .7rem 3rem;font-size:15px}figure{padding:.6rem}table{font-size:.8rem}th,td{padding:.3rem .3rem;white-space:normal}td.n{white-space:nowrap}.opt{display:none}}
";
