"""One field table per layer: it feeds schemas, CSV headers, legends, translations and checks."""

from collections.abc import Mapping
from dataclasses import dataclass

from geodata.values import Names


@dataclass(frozen=True)
class Field:
    """One column of a layer.

    Parameters
    ----------
    name : str
        Name in files and answers, with its unit.
    dtype : {"str", "float", "int", "bool", "date", "list"}
    unit : str
        Empty for text.
    title : mapping
        Kazakh, Russian, English.
    description : str
    source : str
        Where such a figure comes from.
    required : bool
        A layer without it is refused.
    """

    name: str
    dtype: str
    unit: str
    title: Names
    description: str = ""
    source: str = "region"
    required: bool = False


def _names() -> tuple[Field, ...]:
    return (
        Field(
            "id",
            "str",
            "",
            {"kk": "Кілт", "ru": "Ключ", "en": "Key"},
            "Unique within the layer.",
            required=True,
        ),
        Field("name_kk", "str", "", {"kk": "Атауы (қаз.)", "ru": "Название (каз.)", "en": "Name (Kazakh)"}),
        Field("name_ru", "str", "", {"kk": "Атауы (орыс.)", "ru": "Название (рус.)", "en": "Name (Russian)"}),
        Field(
            "name_en", "str", "", {"kk": "Атауы (ағыл.)", "ru": "Название (англ.)", "en": "Name (English)"}
        ),
    )


_CONFIDENCE = Field("confidence", "str", "", {"kk": "Сенімділік", "ru": "Достоверность", "en": "Confidence"},
                    "A: two independent or official sources, B: one, C: press, D: derived.")  # fmt: skip
_SOURCE = Field("source", "str", "", {"kk": "Дереккөз", "ru": "Источник", "en": "Source"})
_NOTE = Field("note", "str", "", {"kk": "Ескерту", "ru": "Примечание", "en": "Note"})
_RIVER = Field(
    "river", "str", "", {"kk": "Өзен", "ru": "Река", "en": "River"}, "Id of a river of the region."
)

FIELDS: Mapping[str, tuple[Field, ...]] = {
    "districts": (
        *_names(),
        Field("kato", "str", "", {"kk": "ӘАОЖ коды", "ru": "Код КАТО", "en": "KATO code"}),
        Field("population", "float", "people", {"kk": "Халқы", "ru": "Население", "en": "Population"},
              "Official figure; a lower bound where precision says so.", required=True),
        Field("precision", "str", "", {"kk": "Дәлдік", "ru": "Точность", "en": "Precision"},
              "exact, or lower bound."),
        Field("buildings", "float", "buildings", {"kk": "Тұрғын үйлер", "ru": "Жилые здания",
              "en": "Residential buildings"}, "By the building stock, which counts them by type."),
        Field("buildings_of_centres", "float", "buildings", {"kk": "Үйлер (орталықтар бойынша)",
              "ru": "Жилые здания (по центрам)", "en": "Residential buildings by population centres"},
              "Only where the other source counts another number."),
        Field("area_m2", "float", "m2", {"kk": "Ауданы", "ru": "Площадь", "en": "Area"}),
        _SOURCE,
    ),
    "rivers": (
        *_names(),
        Field("length_m", "float", "m", {"kk": "Ұзындығы", "ru": "Длина", "en": "Length"},
              "Length of the course as held, not of the whole river."),
        Field("joins", "str", "", {"kk": "Құяды", "ru": "Впадает в", "en": "Joins"},
              "Id of the receiving river."),
        Field("joins_at_m", "float", "m", {"kk": "Құю орны", "ru": "Место впадения", "en": "Joins at"},
              "Chainage on the receiving river."),
        Field("mouth_chainage_m", "float", "m",
              {"kk": "Шатқал аузы", "ru": "Устье ущелья", "en": "Gorge mouth"},
              "Chainage where the valley opens onto the fan, plus or minus 1 km."),
        Field("chainage_m", "list", "m", {"kk": "Пикетаж", "ru": "Пикетаж", "en": "Chainage"},
              "Distance from the head per vertex; the third coordinate is the bed elevation."),
        Field("basins_m", "list", "m", {"kk": "Қазаншұңқырлар", "ru": "Котловины", "en": "Basins"},
              "Stretches where the terrain holds a closed basin."),
        _SOURCE,
    ),
    "gorges": (
        *_names(),
        _RIVER,
        Field("area_m2", "float", "m2", {"kk": "Ауданы", "ru": "Площадь", "en": "Area"},
              "Catchment above the mouth, cut from the terrain."),
        Field("area_of_table_m2", "float", "m2", {"kk": "Кесте бойынша ауданы", "ru": "Площадь по таблице",
              "en": "Area in the table"}, "Upstream area of the river table at the same place."),
        Field("mouth_chainage_m", "float", "m", {"kk": "Шатқал аузы", "ru": "Устье", "en": "Mouth"}),
        Field("dams", "list", "", {"kk": "Бөгеттер", "ru": "Плотины", "en": "Dams"}),
        _SOURCE,
    ),
    "dams": (
        *_names(),
        _RIVER,
        Field("district", "str", "", {"kk": "Аудан", "ru": "Район", "en": "District"}),
        Field("height_m", "list", "m", {"kk": "Биіктігі", "ru": "Высота", "en": "Height"}, required=True),
        Field("crest_length_m", "float", "m", {"kk": "Жотасының ұзындығы", "ru": "Длина гребня",
              "en": "Crest length"}),
        Field("crest_elevation_m", "float", "m", {"kk": "Жотасының биіктігі", "ru": "Отметка гребня",
              "en": "Crest elevation"}),
        Field("capacity_m3", "list", "m3", {"kk": "Сыйымдылығы", "ru": "Ёмкость", "en": "Capacity"},
              required=True),
        Field("kind", "str", "", {"kk": "Түрі", "ru": "Тип", "en": "Type"}),
        Field("states", "list", "", {"kk": "Күйлері", "ru": "Состояния", "en": "States"}, required=True),
        Field("openings", "list", "", {"kk": "Саңылаулары", "ru": "Отверстия", "en": "Openings"},
              "Tiers from the lowest up; a file may say `opening` for a single one on the river bed."),
        Field("sections", "list", "", {"kk": "Денесінің бөліктері", "ru": "Части тела плотины",
              "en": "Parts of the body"}),
        Field("fill", "list", "", {"kk": "Үйіндісі", "ru": "Тело насыпи", "en": "Fill"},
              "What can be carried away, and what starts it."),
        Field("bodies", "list", "", {"kk": "Неден салынған", "ru": "Из чего построена", "en": "Built of"},
              "What an earthquake shakes: embankment, cellular concrete or both; empty where unknown."),
        Field("costs", "list", "", {"kk": "Құны", "ru": "Стоимость", "en": "Cost"},
              "As published, in the prices of its year."),
        Field("in_terrain", "bool", "",
              {"kk": "Бедерде бар", "ru": "Есть в рельефе", "en": "In the terrain"}),
        Field("position_error_m", "float", "m", {"kk": "Орнының қателігі", "ru": "Ошибка места",
              "en": "Position error"}),
        _NOTE,
    ),
    "lakes": (
        *_names(),
        _RIVER,
        Field("elevation_m", "float", "m", {"kk": "Биіктігі", "ru": "Высота", "en": "Elevation"}),
        Field("volume_m3", "float", "m3", {"kk": "Көлемі", "ru": "Объём", "en": "Volume"}),
        Field("area_m2", "float", "m2", {"kk": "Ауданы", "ru": "Площадь", "en": "Area"}),
        Field("depth_max_m", "float", "m", {"kk": "Ең терең жері", "ru": "Наибольшая глубина",
              "en": "Greatest depth"}),
        _CONFIDENCE, _SOURCE, _NOTE,
    ),
    "events": (
        *_names(),
        Field("date", "str", "", {"kk": "Күні", "ru": "Дата", "en": "Date"}, "As exact as known."),
        _RIVER,
        Field("trigger", "str", "", {"kk": "Себебі", "ru": "Причина", "en": "Trigger"}),
        Field("water_m3", "str", "m3", {"kk": "Су көлемі", "ru": "Объём воды", "en": "Water"},
              "As published; several values where sources disagree."),
        Field("mudflow_m3", "str", "m3", {"kk": "Сел көлемі", "ru": "Объём селя", "en": "Mudflow"}),
        Field("peak_discharge_m3_s", "str", "m3/s", {"kk": "Ең үлкен шығын", "ru": "Наибольший расход",
              "en": "Peak discharge"}),
        _NOTE, _SOURCE, _CONFIDENCE,
    ),
    "facilities": (
        *_names(),
        Field("kind", "str", "", {"kk": "Түрі", "ru": "Вид", "en": "Kind"}),
        Field("district", "str", "", {"kk": "Аудан", "ru": "Район", "en": "District"}),
        _CONFIDENCE, _SOURCE, _NOTE,
    ),
}  # fmt: skip

REQUIRED_LAYERS = ("terrain", "districts", "rivers", "scenarios")
VECTOR_LAYERS = tuple(FIELDS)
TABLE_LAYERS = ("scenarios", "strategies", "assumptions", "building_stock", "ground_zones", "report")
EXPOSURE_LAYERS = ("exposure", "population", "buildings")
GEOMETRY_TYPES: Mapping[str, tuple[str, ...]] = {
    "districts": ("Polygon", "MultiPolygon"),
    "gorges": ("Polygon", "MultiPolygon"),
    "rivers": ("LineString",),
    "dams": ("Point",),
    "lakes": ("Point", "Polygon", "MultiPolygon"),
    "events": ("Point", "LineString", "Polygon", "MultiPolygon", ""),
    "facilities": ("Point", "Polygon", "MultiPolygon"),
}
