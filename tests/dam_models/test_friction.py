"""The friction step against the differential equation it solves, and what may never happen at rest."""

from collections.abc import Callable
from math import exp, inf, log

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from scipy.integrate import solve_ivp
from scipy.optimize import brentq

from dam_models.friction_law import TURBULENT, LawNumbers
from dam_models.kernels.friction import (
    braked,
    debris_weight,
    inverse_cube_root,
    sheared,
    slowed_by,
    slowed_by_weight_and_speed,
)

DISCHARGES = st.floats(0.0, 300.0)
PUSHES = st.floats(-30.0, 60.0)
HELD = st.floats(0.0, 30.0)
STEPS = st.floats(1e-4, 10.0)
# From frictionless to layers so thin that they forget within a thousandth of a step.
LINEAR = st.one_of(st.just(0.0), st.floats(-6.0, 4.0).map(lambda power: 10.0**power))
QUADRATIC = LINEAR


def integrated(before: float, dt: float, rate: Callable[[float], float]) -> float:
    """dq/dt = rate(q) by a stiff integrator; what it runs backwards has stopped."""

    def backwards(_: float, q: list[float]) -> float:
        # Well below 0, where the search for the crossing does not meet the end of the step.
        return q[0] + 0.01234

    backwards.terminal = True  # type: ignore[attr-defined]
    done = solve_ivp(
        lambda _, q: [rate(q[0])],
        (0.0, dt),
        [before],
        method="Radau",
        rtol=1e-9,
        atol=1e-11,
        events=backwards,
    )
    return max(0.0, float(done.y[0, -1]))


@settings(max_examples=100, deadline=None)
@given(before=DISCHARGES, push=PUSHES, dt=STEPS, held=HELD, linear=LINEAR, quadratic=QUADRATIC)
@example(before=10.0, push=0.0, dt=1.0, held=3.0, linear=0.0, quadratic=0.0)
@example(before=300.0, push=-30.0, dt=10.0, held=30.0, linear=0.0, quadratic=1e4)
@example(before=0.0, push=60.0, dt=10.0, held=0.0, linear=1e4, quadratic=1e4)
def test_discharge_is_that_of_the_differential_equation(
    before: float, push: float, dt: float, held: float, linear: float, quadratic: float
) -> None:
    exact = integrated(before, dt, lambda q: push - held - linear * q - quadratic * q**2)
    # Just before it stops what is left is a small difference of large terms.
    terms = 1e-3 + before + dt * (abs(push) + held)
    assert braked(before, push, dt, held, linear, quadratic) == pytest.approx(
        exact, rel=1e-6, abs=1e-6 * terms
    )


@settings(max_examples=300, deadline=None)
@given(push=st.floats(0.0, 60.0), more=st.floats(0.0, 30.0), dt=STEPS, linear=LINEAR, quadratic=QUADRATIC)
def test_what_rests_stays_at_rest_in_any_step(
    push: float, more: float, dt: float, linear: float, quadratic: float
) -> None:
    assert braked(0.0, push, dt, push + more, linear, quadratic) == 0.0


@settings(max_examples=300, deadline=None)
@given(before=DISCHARGES, push=PUSHES, dt=STEPS, held=HELD, linear=LINEAR, quadratic=QUADRATIC)
def test_friction_only_ever_slows_and_never_turns_back(
    before: float, push: float, dt: float, held: float, linear: float, quadratic: float
) -> None:
    after = braked(before, push, dt, held, linear, quadratic)
    assert 0.0 <= after <= max(0.0, before + push * dt) * (1.0 + 1e-6) + 1e-12


@settings(max_examples=300, deadline=None)
@given(
    before=DISCHARGES,
    push=PUSHES,
    dt=STEPS,
    held=HELD,
    linear=LINEAR,
    quadratic=QUADRATIC,
    factor=st.floats(1.01, 3.0),
)
def test_more_friction_never_flows_faster_and_more_push_never_slower(
    before: float, push: float, dt: float, held: float, linear: float, quadratic: float, factor: float
) -> None:
    def after(**changed: float) -> float:
        values = {"before": before, "push": push, "held": held, "linear": linear, "quadratic": quadratic}
        values |= changed
        return braked(
            values["before"], values["push"], dt, values["held"], values["linear"], values["quadratic"]
        )

    slack = 1.0 + 1e-6
    here = after()
    assert after(held=held * factor) <= here * slack + 1e-12
    assert after(linear=linear * factor) <= here * slack + 1e-12
    assert after(quadratic=quadratic * factor) <= here * slack + 1e-12
    assert after(push=push + factor) * slack + 1e-12 >= here
    assert after(before=before * factor) * slack + 1e-12 >= here


@settings(max_examples=300, deadline=None)
@given(before=DISCHARGES, push=PUSHES, dt=st.floats(1e-3, 5.0), held=HELD, linear=LINEAR, quadratic=QUADRATIC)
def test_two_half_steps_are_one_step(
    before: float, push: float, dt: float, held: float, linear: float, quadratic: float
) -> None:
    half = braked(before, push, 0.5 * dt, held, linear, quadratic)
    whole = braked(before, push, dt, held, linear, quadratic)
    # What has come to rest in between rests.
    assume(half > 0.0)
    twice = braked(half, push, 0.5 * dt, held, linear, quadratic)
    assert twice == pytest.approx(whole, rel=1e-6, abs=1e-6 * (1e-3 + before + dt * (abs(push) + held)))


def test_a_layer_in_balance_keeps_its_speed() -> None:
    balanced = (7.0 - 2.0 - 0.3 * 4.0) / 4.0**2
    for dt in (1e-3, 0.5, 30.0, 1e4):
        assert braked(4.0, 7.0, dt, 2.0, 0.3, balanced) == pytest.approx(4.0, rel=1e-6)
    assert braked(4.0, -inf, 1.0, 2.0, 0.3, 0.1) == 0.0


@given(st.floats(-8.0, 4.0).map(lambda power: 10.0**power))
def test_the_inverse_cube_root_is_right_to_the_last_digits(depth: float) -> None:
    assert inverse_cube_root(depth) == pytest.approx(depth ** (-1.0 / 3.0), rel=2e-15)


@settings(max_examples=300, deadline=None)
@given(
    before=DISCHARGES,
    push=PUSHES,
    dt=STEPS,
    depth=st.floats(1e-3, 50.0),
    solids=st.floats(0.0, 0.7),
    mu=st.floats(0.0, 0.6),
    turbulent=st.floats(0.0, 0.01),
    rough=st.floats(0.0, 0.02),
    reference=st.sampled_from([0.0, 0.3, 0.5]),
)
def test_several_cells_at_a_time_are_slowed_as_one(
    before: float,
    push: float,
    dt: float,
    depth: float,
    solids: float,
    mu: float,
    turbulent: float,
    rough: float,
    reference: float,
) -> None:
    law = LawNumbers(TURBULENT, reference, 0.4)
    one = slowed_by(law, before, push, dt, 9.0, depth, solids, mu, turbulent, rough, 0.0, 0.0, 0.0)
    weight = debris_weight(reference, 0.4, solids)
    third = inverse_cube_root(depth)
    # Bit for bit: previews by tiles and by lists of cells are the same.
    assert one == slowed_by_weight_and_speed(
        before, push, dt, 9.0, depth, mu, turbulent, rough, third, weight
    )
    manning = (1.0 - weight) * rough / depth ** (7.0 / 3.0)
    quadratic = 9.81 * (weight * turbulent / depth**2 + manning)
    plain = braked(before, push, dt, weight * mu * 9.0 * depth, 0.0, quadratic)
    assert one == pytest.approx(plain, rel=1e-9, abs=1e-9 * (1e-3 + before + dt * abs(push)))


# Natural muds from watery to stiff, from a hand's breadth to 10 m deep; all over a density of 1900 kg/m3.
AREAS = st.floats(-2.0, 2.0).map(lambda power: 10.0**power)
CONSISTENCIES = st.floats(-4.0, 0.5).map(lambda power: 10.0**power)
YIELDS = st.floats(-3.0, 1.0).map(lambda power: 10.0**power)
INDICES = st.sampled_from([1.0, 1.0 / 3.0, 0.5, 0.2])


def excess_stress(q: float, held: float, area: float, consistency: float, index: float) -> float:
    """What the stress on the bed of a sheet flow exceeds the yield stress by, over density."""
    if q <= 0.0:
        return 0.0
    m = 1.0 / index

    def off(log_s: float) -> float:
        s = exp(log_s)
        below_plug = s / (held + s)
        mean = below_plug * (1.0 - below_plug / (m + 2.0)) / (m + 1.0)
        return m * log_s + log(area * mean / consistency**m) - log(q)

    return exp(brentq(off, -40.0, 40.0, xtol=1e-13))


@example(before=1.5, push=0.0, dt=0.375, held=1.0, area=10.0, consistency=10.0**0.5, index=1.0 / 3.0)
@settings(max_examples=60, deadline=None)
@given(
    before=st.floats(0.1, 50.0),
    push=PUSHES,
    dt=st.floats(1e-3, 0.5),
    held=YIELDS,
    area=AREAS,
    consistency=CONSISTENCIES,
    index=INDICES,
)
def test_sheared_discharge_is_that_of_the_differential_equation(
    before: float, push: float, dt: float, held: float, area: float, consistency: float, index: float
) -> None:
    exact = integrated(before, dt, lambda q: push - held - excess_stress(q, held, area, consistency, index))
    after = sheared(before, push, dt, held, area, consistency, index)
    # One step, however stiff: 0.19 of the terms is the most that 300 000 draws gave.
    assert after == pytest.approx(exact, abs=0.25 * (before + dt * (abs(push) + held)))


def test_the_sheared_step_is_of_second_order() -> None:
    def error(steps: int) -> float:
        q = start
        for _ in range(steps):
            q = sheared(q, 3.0, duration / steps, *mud)
        return abs(q - exact)

    mud, start, duration = (1.05, 4.0, 0.5, 1.0 / 3.0), 0.5, 4.0
    exact = integrated(start, duration, lambda q: 3.0 - 1.05 - excess_stress(q, *mud))
    assert error(40) < 1e-3 * exact
    assert error(80) < 0.3 * error(40)


@settings(max_examples=300, deadline=None)
@given(
    push=st.floats(0.0, 60.0),
    more=st.floats(0.0, 30.0),
    dt=STEPS,
    area=AREAS,
    consistency=CONSISTENCIES,
    index=INDICES,
)
def test_mud_at_rest_yields_at_its_yield_stress_and_not_before(
    push: float, more: float, dt: float, area: float, consistency: float, index: float
) -> None:
    assert sheared(0.0, push, dt, push + more, area, consistency, index) == 0.0
    assert sheared(0.0, push + 0.01, dt, push, area, consistency, index) > 0.0


@settings(max_examples=300, deadline=None)
@given(
    before=st.floats(1e-3, 300.0),
    push=PUSHES,
    dt=STEPS,
    held=YIELDS,
    area=AREAS,
    consistency=CONSISTENCIES,
    index=INDICES,
)
def test_shear_only_ever_slows_and_leaves_a_balance_alone(
    before: float, push: float, dt: float, held: float, area: float, consistency: float, index: float
) -> None:
    after = sheared(before, push, dt, held, area, consistency, index)
    assert 0.0 <= after <= max(0.0, before + dt * (push - held)) * (1.0 + 1e-6) + 1e-12
    # However long the step, what is in balance stays there, and what is not never swings beyond it.
    balance = held + excess_stress(before, held, area, consistency, index)
    assert sheared(before, balance, dt, held, area, consistency, index) == pytest.approx(before, rel=1e-6)
    faster = sheared(before, balance + 1.0, dt, held, area, consistency, index)
    assert faster >= before * (1.0 - 1e-6)
