# SPDX-License-Identifier: GPL-3.0-or-later
# iss.gp: the Lyapunov argument over the radius, where it fails, and the radius in time beside the bounds that do hold
#   ARG1 output   ARG2 iss_profile.tsv (along the first axis, A = 0, u = 0)   ARG3 iss.tsv (a block per orbit)
#   ARG4 rho* (nan: there is none)   ARG5 repaired (S15, S22 and 3d are there), chain (S15 and S22), gain (3f) or none
#   ARG6 c of (S22)
figure = ARG1
here = ""
do for [i = 1:strlen(ARG0)] { if (ARG0[i:i] eq "/") { here = ARG0[1:i] } }
load here . "style.gp"

# A NaN ends a line: it is no missing value, which a line would run across.
set datafile missing
has_star = ARG4 ne "nan"
rho_star = has_star ? real(ARG4) : NaN
repaired = ARG5 eq "repaired"
chain = repaired || ARG5 eq "chain"
gain = ARG5 eq "gain"
rate = real(ARG6) > 0 ? sprintf("(S22), c = %.3g", real(ARG6)) : "(S22), c → 0"
R = 1.6  # beyond it the bounds only grow
T = 10.0 # after it nothing moves

small = letters(11)
set title font small offset 0, -0.6
set xlabel font small offset 0, 0.5
set ylabel font small offset 1, 0
set tics font small
set key font small spacing 1.05 samplen 3 at graph 0.98, 0.98 right top
set style line 1 linecolor rgb "black" linewidth 2 dashtype solid
set style line 2 linecolor rgb "#d55e00" linewidth 2 dashtype (9, 5)
set style line 3 linecolor rgb "#0072b2" linewidth 2 dashtype (2, 3)
set style line 4 linecolor rgb "#009e73" linewidth 1.6 dashtype (9, 4, 2, 4)
set style line 5 linecolor rgb "#606060" linewidth 1.2 dashtype (5, 3)
set style fill solid noborder
violated = "#f5c9a8"

# ---- extents first: stats is not allowed within a multiplot
names = chain ? "S15_lhs S15_rhs" : "V_dot"
array lows[2]
array highs[2]
do for [k = 1:2] {
  low = 0.0
  high = 0.0
  do for [name in names] {
    stats ARG2 using (column("rho") <= R ? column(name) : NaN) nooutput
    if (STATS_min < low) { low = STATS_min }
    if (STATS_max > high) { high = STATS_max }
  }
  lows[k] = low
  highs[k] = high
  names = chain ? "V_dot S22_rhs" . (repaired ? " practical_rhs" : "") : "V_dot"
}
stats ARG3 index 0 using "rho" nooutput
top = STATS_max > 1 ? STATS_max : 1.0
bound = chain && has_star ? "ultimate_rhs" : gain ? "gain_bound_rhs" : "rho"
stats ARG3 index 0 using bound nooutput
top = STATS_max > top ? STATS_max : top
headroom(k, part) = highs[k] + part * (highs[k] - lows[k])

set multiplot

# ---- left: over the radius
set xrange [0:R]
set xlabel "ρ"
set lmargin at screen 0.095
set rmargin at screen 0.475
set arrow 1 from 1, graph 0 to 1, graph 1 nohead linecolor rgb "#a0a0a0" linewidth 1 dashtype solid back
if (has_star) { set arrow 2 from rho_star, graph 0 to rho_star, graph 1 nohead linestyle 4 back }
if (chain) {
  set tmargin at screen 0.93
  set bmargin at screen 0.64
  set title "(S15): leakage against its bound"
  set ylabel "rate of V"
  set yrange [*:headroom(1, 0.65)]
  plot ARG2 using "rho":"S15_lhs":"S15_rhs" with filledcurves above fillcolor rgb violated title "violated", \
    ARG2 using "rho":"S15_lhs" with lines linestyle 1 title "(ρ-1) ŷᵀ(-y)", \
    ARG2 using "rho":"S15_rhs" with lines linestyle 2 title "-(ρ-1)²"
  set tmargin at screen 0.48
  set bmargin at screen 0.11
  set title "(S22): dV/dt, no memory, no input"
  set yrange [*:headroom(2, 0.65)]
  plot ARG2 using "rho":"V_dot":"S22_rhs" with filledcurves above fillcolor rgb violated title "violated", \
    ARG2 using "rho":"V_dot" with lines linestyle 1 title "dV/dt", \
    ARG2 using "rho":"S22_rhs" with lines linestyle 2 title rate, \
    ARG2 using "rho":"practical_rhs" with lines linestyle 3 title (repaired ? "practical (theory 3d)" : "")
} else {
  set tmargin at screen 0.93
  set bmargin at screen 0.11
  set title "dV/dt over the radius, no memory, no input"
  set ylabel "dV/dt"
  set yrange [*:headroom(1, 0.2)]
  plot ARG2 using "rho":"V_dot" with lines linestyle 1 title "dV/dt"
}

# ---- right: in time
unset arrow
set lmargin at screen 0.575
set rmargin at screen 0.98
set tmargin at screen 0.93
set bmargin at screen 0.11
set xrange [0:T]
set yrange [0:1.4 * top] # room for the key
set xlabel "t [token]"
set ylabel "ρ"
set title "The radius of the first orbit, and what bounds it"
below(width) = rho_star > width ? rho_star - width : 0
if (chain && has_star) {
  plot ARG3 index 0 using "t":(below(column("recentred_decay_rhs"))):(rho_star + column("recentred_decay_rhs")) with filledcurves fillcolor rgb "#d4e6f4" title "recentred: |ρ-ρ*| at most", \
    ARG3 index 0 using "t":"ultimate_rhs" with lines linestyle 3 title "from every start", \
    1.0 with lines linestyle 5 title "ρ = 1", \
    rho_star with lines linestyle 4 title sprintf("ρ* = %.4g", rho_star), \
    ARG3 index 0 using "t":"rho" with lines linestyle 1 title "ρ(t)"
} else {
  plot ARG3 index 0 using "t":"gain_bound_rhs" with lines linestyle 3 title (gain ? "bound by the gain" : ""), \
    1.0 with lines linestyle 5 title "ρ = 1", \
    ARG3 index 0 using "t":"rho" with lines linestyle 1 title "ρ(t)"
}
unset multiplot
