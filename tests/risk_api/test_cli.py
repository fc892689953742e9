"""The command line: tables for people, JSON for machines, one sentence and exit code 2 for mistakes."""

import json
import shutil
import subprocess
import sys
import time

import pytest

from risk_api import __version__


@pytest.fixture
def selrisk(valley, made_store, monkeypatch, capsys):
    """Give a caller that returns exit code, stdout and stderr."""
    monkeypatch.setenv("RISK_REGION", str(valley))
    monkeypatch.setenv("RISK_DATA_DIR", str(made_store))

    def call(*arguments):
        from risk_api.cli import main

        monkeypatch.setattr(sys, "argv", ["selrisk", *arguments])
        try:
            main()
            code = 0
        except SystemExit as ended:
            code = ended.code or 0
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return call


def test_version(selrisk):
    assert selrisk("--version")[:2] == (0, f"selrisk {__version__}\n")


def test_exposure_as_json_is_the_answer_of_the_service(selrisk, client):
    code, out, _ = selrisk("exposure", "--scenario", "burst", "--strategies", "no-dams,bar", "--json")
    assert code == 0
    served = client.get("/v1/exposure", params={"scenario": "burst", "strategies": "no-dams,bar"}).json()
    assert json.loads(out) == served


def test_exposure_as_a_table_has_names_and_causes(selrisk):
    code, out, _ = selrisk("exposure", "--scenario", "burst", "--lang", "ru")
    assert code == 0
    assert "Устье" in out
    assert "Доходит: на пути нет" in out
    assert "Рельеф для проверки." in out


def test_run_makes_a_run_and_says_where(selrisk, tmp_path, monkeypatch):
    monkeypatch.setenv("RISK_DATA_DIR", str(tmp_path))
    code, out, _ = selrisk("run", "--scenario", "burst", "--strategy", "bar")
    assert code == 0
    (folder,) = (tmp_path / "runs").iterdir()
    assert folder.name in out
    assert "passed" in out
    code, out, _ = selrisk("run", "--scenario", "burst", "--strategy", "bar", "--json")
    assert code == 0
    assert json.loads(out)["id"] == folder.name


def test_a_run_that_is_too_large_is_refused_with_its_estimate(selrisk, tmp_path, monkeypatch):
    monkeypatch.setenv("RISK_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("RISK_MAX_RUN_MEMORY_MB", "0.2")
    code, _, err = selrisk("run", "--scenario", "burst", "--strategy", "bar")
    assert code == 2
    assert "Traceback" not in err
    assert "MB" in err
    assert "max_memory_mb is 0.2" in err
    assert list((tmp_path / "runs").iterdir()) == []


def test_region_check(selrisk, valley):
    code, out, _ = selrisk("region", "check", "--json")
    assert code == 0
    assert json.loads(out)["id"] == "valley"
    code, out, _ = selrisk("region", "check", str(valley))
    assert code == 0
    assert "terrain.tif" in out


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("exposure", "--scenario", "nope"), ("scenario", "burst-2005")),
        (("exposure", "--strategies", "nope"), ("strategy", "no-dams")),
        (("exposure", "--scheme", "nope"), ("scheme", "buwal")),
        (("exposure", "--cell-size", "-1"), ("cell_size_m", "10")),
        (("exposure", "--lang", "de"), ("lang", "kk")),
        (("run", "--scenario", "burst", "--strategy", "then"), ("strategy", "bar")),
        (("run", "--scenario", "burst", "--cell-size", "nan"), ("cell_size_m", "200")),
        (("region", "check", "/no/such/folder"), ("region.toml", "almaty")),
        (("serve", "--port", "0"), ("--port", "1")),
        (("serve", "--region", "./nowhere"), ("--region", "region.toml")),
    ],
)
def test_mistakes_are_one_sentence_with_what_is_allowed(selrisk, arguments, named):
    code, out, err = selrisk(*arguments)
    assert code == 2
    assert out == ""
    assert "Traceback" not in err
    for word in named:
        assert word in err


def test_a_broken_region_is_one_sentence(selrisk, valley, tmp_path):
    broken = tmp_path / "broken"
    shutil.copytree(valley, broken)
    (broken / "scenarios.json").write_text("{")
    code, _, err = selrisk("region", "check", str(broken))
    assert code == 2
    assert "scenarios" in err
    assert "scenarios.json" in err


def test_a_region_whose_layers_do_not_fit_is_described_and_refused(selrisk, valley, tmp_path):
    broken = tmp_path / "broken"
    shutil.copytree(valley, broken)
    districts = (broken / "districts.geojson").read_text(encoding="utf-8")
    (broken / "districts.geojson").write_text(districts.replace("1000.0", "1001.0"), encoding="utf-8")
    code, out, err = selrisk("region", "check", str(broken), "--json")
    assert code == 2
    assert "'mouth'" in json.loads(out)["findings"][0]
    assert "exposure" in err


def test_environment_mistakes_name_the_variable(selrisk, monkeypatch):
    monkeypatch.setenv("RISK_PORT", "none")
    code, _, err = selrisk("serve")
    assert code == 2
    assert "RISK_PORT" in err


def test_help_and_app_load_nothing_heavy():
    heavy = {"numba", "scipy", "geopandas", "pandas", "pyarrow", "matplotlib", "pyogrio"}
    code = (
        "import sys, risk_api.cli, risk_api.app, geodata, risk_api.exposure, risk_api.runs; "
        "geodata.open_region('almaty'); print(sorted(sys.modules))"
    )
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    modules = {name.strip("' ") for name in loaded.stdout.strip("[]\n").split(",")}
    assert heavy & modules == set()


def test_serve_answers_and_leaves_no_process_behind(valley, made_store, tmp_path):
    import socket
    import urllib.request

    import psutil

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    arguments = ["serve", "--port", str(port), "--region", str(valley), "--data-dir", str(tmp_path / "d")]
    command = [sys.executable, "-c", "from risk_api.cli import main; main()", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        try:
            deadline = time.monotonic() + 300
            status = ""
            while status != "made":
                assert time.monotonic() < deadline
                assert process.poll() is None
                try:
                    with urllib.request.urlopen(f"http://127.0.0.1:{port}/health/ready") as answer:
                        status = json.load(answer)["all_scenarios"]["status"]
                except OSError:
                    pass
                time.sleep(0.2)
            children = psutil.Process(process.pid).children(recursive=True)
        finally:
            process.terminate()
            output = process.communicate(timeout=30)[0].decode()
    _, alive = psutil.wait_procs(children, timeout=10)
    assert alive == []
    assert "Traceback" not in output


DAM = ("dam", "try", "--scenario", "burst", "--strategy", "no-dams", "--quality", "preview", "--height", "12")


def valley_axis(half_m=200.0, below_north_m=3700.0):
    from geodata.crs import to_lonlat

    points = [
        to_lonlat(651_200.0 + side * half_m, 4_780_000.0 - below_north_m, "EPSG:32643") for side in (-1, 1)
    ]
    return ",".join(f"{float(lon):.6f},{float(lat):.6f}" for lon, lat in points)


def test_a_dam_is_tried_with_its_curve_its_record_and_the_districts(selrisk, tmp_path, monkeypatch):
    # Its runs stay out of the store that other tests count.
    monkeypatch.setenv("RISK_DATA_DIR", str(tmp_path / "data"))
    drawing = tmp_path / "curve.svg"
    arguments = (*DAM, "--axis", valley_axis(), "--opening", "0.5", "--opening", "0.2,4", "--weir", "20,2")
    code, out, err = selrisk(*arguments, "--svg", str(drawing), "--lang", "ru")
    assert (code, err) == (0, "")
    named = ("Нарисованная плотина", "Устье")
    for words in (*named, "Вмещает", "пришло", "Уровень, м", "Разница", str(drawing)):
        assert words in out
    assert drawing.read_text(encoding="utf-8").startswith("<svg")
    code, out, _ = selrisk(*arguments, "--json")
    assert code == 0
    dam = json.loads(out)["dams"][0]
    assert [opening["area_m2"] for opening in dam["openings"]] == [0.5, 0.2]
    assert dam["weir"] == {"width_m": 20.0, "below_crest_m": 2.0}


def test_a_dam_with_a_gate_and_a_siphon_is_tried_and_says_what_they_did(selrisk, tmp_path, monkeypatch):
    monkeypatch.setenv("RISK_DATA_DIR", str(tmp_path / "data"))
    given = (
        "--opening",
        "0.5",
        "--gate",
        "0,0,1800,0,1800,1",
        "--siphon",
        "1,0,6,5",
        "--siphon=1,0,11.9,5",
        "--cell-size=60",
    )
    code, out, err = selrisk(*DAM, "--axis", valley_axis(), *given)
    assert (code, err) == (0, "")
    dam = json.loads(selrisk(*DAM, "--axis", valley_axis(), *given, "--json")[1])["dams"][0]
    gated, drawing, dry = dam["record"]["passages"]
    assert gated["first_passed_s"] > 1800.0
    assert f"Opening 1, with a gate: passes {gated['passed_m3']:,.0f} m³, the first of it after" in out
    assert f"from {drawing['first_passed_s'] / 60.0:.0f} min on" in out
    assert dry["passed_m3"] == 0.0
    assert f"never rises to {dam['openings'][2]['priming_elevation_m']:,.1f} m" in out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--axis", valley_axis(), "--opening", "1", "--gate", "0,0,9"), "--gate"),
        (("--axis", valley_axis(), "--opening", "1", "--gate", "9,0,0,1"), "'--gate'"),
        (("--axis", valley_axis(), "--opening", "1", "--gate", "9e9,0,9e9,1"), "'--gate'"),
        (("--axis", valley_axis(), "--siphon", "1,0,9"), "--siphon"),
        (("--axis", valley_axis(), "--siphon", "1,0,5,6"), "'--siphon'"),
        (("--axis", valley_axis(), "--siphon", "1,0,12.5,6"), "(--siphon)"),
        (("--axis", "1,2,3"), "--axis"),
        (("--axis", "a,2,3,4"), "a number is needed"),
        (("--axis", "0,0,1,1"), "outside the terrain"),
        (("--axis", valley_axis(5.0)), "at least 20"),
        (("--axis", valley_axis(), "--weir", "20"), "--weir"),
        (("--axis", valley_axis(), "--opening", "1,2,3"), "--opening"),
        (("--axis", valley_axis(), "--state", "gone"), "in service"),
        (("--axis", valley_axis(), "--state", "unfinished=x"), "--state"),
        (("--axis", valley_axis(), "--crest", "1500"), "only one of --crest, --height"),
        (("--axis", valley_axis(), "--height", "400"), "'--height': must be at most 250"),
        (
            ("--axis", valley_axis(), "--height", "400", "--lang", "ru"),
            "«--height»: должно быть не больше 250",
        ),
        (("--axis", valley_axis(), "--height", "400", "--lang=kk"), "«--height» параметрі: ең көбі 250"),
        (("--axis", valley_axis(5.0), "--lang", "ru"), "построить нельзя (--axis)"),
        (("--axis", valley_axis(), "--opening", "1", "--opening=-1"), "'--opening (2)': must be greater"),
        (("--axis", valley_axis(), "--opening", "1,40"), "(--opening): an opening 40.0 m"),
        (("--axis", valley_axis(), "--breach", "piping"), "'--breach'"),
        (("--axis", valley_axis(), "--breach", "overtopping", "--soil", "cheese"), "'--soil'"),
        (("--axis", valley_axis(), "--state", "silted"), "'--state'"),
    ],
)
def test_a_dam_that_cannot_be_tried_is_one_sentence(selrisk, arguments, words):
    code, out, err = selrisk(*DAM, *arguments)
    assert (code, out) == (2, "")
    assert words in err
    assert err.count("\n") == 1
    assert "Traceback" not in err
    assert "dams[" not in err, "who types options is answered in options"
