#include "reports/html_parts.h"

namespace rig::html {

std::string_view StyleSheet() {
  return R"css(
:root{color-scheme:light dark;--ink:#1b1f24;--soft:#5b6570;--line:#d9dee4;--paper:#fff;--field:#f5f7f9;
--pass:#1a7f45;--fail:#c4222f;--error:#8a2fb0;--open:#9a6700;
--st:#1f6feb;--re:#0f766e;--tr:#6b7280;--al:#b45309}
@media (prefers-color-scheme:dark){:root{--ink:#e6e9ed;--soft:#9aa5b1;--line:#343b44;--paper:#14181d;--field:#1c2127;
--pass:#4cc27f;--fail:#ff6b6e;--error:#d48bf2;--open:#e0b03c;
--st:#6aa8ff;--re:#3fc5b8;--tr:#a3adb8;--al:#f2a65a}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:1180px;padding:24px 20px 80px;background:var(--paper);color:var(--ink);
font:14px/1.5 system-ui,-apple-system,"Segoe UI","Noto Sans","DejaVu Sans",sans-serif}
h1{font-size:24px;margin:0 0 4px}h2{font-size:18px;margin:40px 0 10px}h3{font-size:14px;margin:20px 0 6px}
header p{margin:0;color:var(--soft)}
nav{margin-top:14px}nav a{margin-right:18px}
a{color:var(--st);text-decoration:none}a:hover,a:focus{text-decoration:underline}
code{font:12.5px/1.5 ui-monospace,"DejaVu Sans Mono",monospace;overflow-wrap:anywhere}
.counts{display:flex;flex-wrap:wrap;gap:12px;margin:18px 0 0;padding:0;list-style:none}
.counts li{min-width:104px;padding:8px 14px;border:1px solid var(--line);border-radius:8px;background:var(--field)}
.counts b{display:block;font-size:22px;line-height:1.3;font-variant-numeric:tabular-nums}
.counts span{color:var(--soft);font-size:12px}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%}
th,td{padding:5px 10px 5px 0;border-bottom:1px solid var(--line);text-align:left;vertical-align:top}
th{color:var(--soft);font-weight:600;font-size:12px;white-space:nowrap}
td.n{font-variant-numeric:tabular-nums;white-space:nowrap}
.v{display:inline-block;padding:0 8px;border-radius:9px;border:1px solid currentColor;font-size:12px;
font-weight:600;white-space:nowrap}
.pass{color:var(--pass)}.fail{color:var(--fail)}.error{color:var(--error)}.open{color:var(--open)}
details{border:1px solid var(--line);border-radius:8px;margin:10px 0;padding:0 14px}
details[open]{padding-bottom:12px}
summary{cursor:pointer;padding:9px 0}summary .t{color:var(--soft)}
summary b{margin:0 8px}
.note{color:var(--soft);font-size:12.5px;margin:6px 0}
.problem{border-left:4px solid var(--error);padding:4px 10px;background:var(--field)}
dl{display:grid;grid-template-columns:max-content 1fr;gap:2px 16px;margin:0}
dt{color:var(--soft);font-size:12.5px}dd{margin:0;min-width:0}
figure{margin:14px 0 4px}figcaption{color:var(--soft);font-size:12.5px}
svg{display:block;width:100%;height:auto;min-width:640px;font:11px ui-sans-serif,system-ui,"DejaVu Sans",sans-serif}
figure{overflow-x:auto}
svg text{fill:var(--ink)}svg .l{text-anchor:end}svg .s{text-anchor:end;fill:var(--soft);font-size:10px}
svg .h{font-weight:600;fill:var(--soft);font-size:10.5px;letter-spacing:.04em}
svg .a{text-anchor:middle;fill:var(--soft)}
svg .g{stroke:var(--line);fill:none}svg .f{fill:var(--field);stroke:none;fill-opacity:.6}
svg .z{stroke:var(--line);fill:none}
svg .c,svg .t,svg .b{fill:none;stroke:currentColor;vector-effect:non-scaling-stroke}
svg .c{stroke-width:1.1;stroke-linejoin:round}svg .c.u{stroke-width:4;opacity:.3}
svg .t{stroke-width:1}svg .b{stroke-width:9}svg .b.m{opacity:.55}svg .b.o{stroke:var(--re);stroke-width:3}
svg .st{color:var(--st)}svg .re{color:var(--re)}svg .tr{color:var(--tr)}svg .al{color:var(--al)}
svg .w{fill:var(--st);opacity:.12}
svg .k path{stroke:var(--fail);stroke-width:1.3;stroke-dasharray:5 3;fill:none}
svg .k text{fill:var(--fail);font-weight:600}svg .k .e{text-anchor:end}
@media print{:root{color-scheme:light}body{max-width:none;padding:0;font-size:11px}nav{display:none}
details{break-inside:avoid-page;border:0;padding:0}figure{break-inside:avoid}
a{color:inherit}}
)css";
}

std::string PictureStyle() {
  const std::string_view sheet = StyleSheet();
  std::string style;
  for (std::size_t line = sheet.find("\nsvg"); line != std::string_view::npos;
       line = sheet.find("\nsvg", line + 1)) {
    style += sheet.substr(line, sheet.find('\n', line + 1) - line);
  }
  constexpr std::string_view kUse = "var(";
  for (std::size_t use = style.find(kUse); use != std::string::npos; use = style.find(kUse)) {
    const std::size_t end = style.find(')', use);
    const std::string name = style.substr(use + kUse.size(), end - use - kUse.size());
    // The light colours come first.
    const std::size_t value = sheet.find(name + ":") + name.size() + 1;
    style.replace(use, end + 1 - use,
                  sheet.substr(value, sheet.find_first_of(";}", value) - value));
  }
  return style;
}

}  // namespace rig::html
