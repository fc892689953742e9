"""The districts of Almaty: their codes in the national register KATO, their names in three languages."""

from geodata import open_region
from risk_api.layers import LayerStore

#: National classifier of administrative units (KATO), as two public sources give it.
DISTRICTS = {
    "751110000": ("Алмалы", "Алмалинский", "Almaly"),
    "751210000": ("Алатау", "Алатауский", "Alatau"),
    "751310000": ("Әуезов", "Ауэзовский", "Auezov"),
    "751410000": ("Бостандық", "Бостандыкский", "Bostandyk"),
    "751510000": ("Жетісу", "Жетысуский", "Zhetysu"),
    "751710000": ("Медеу", "Медеуский", "Medeu"),
    "751810000": ("Наурызбай", "Наурызбайский", "Nauryzbay"),
    "751910000": ("Түрксіб", "Турксибский", "Turksib"),
}


def test_codes_and_names_are_those_of_the_register():
    layers = LayerStore(open_region("almaty"))
    found = {
        one.properties["kato"]: tuple(one.names()[language] for language in ("kk", "ru", "en"))
        for one in layers.layer("districts").values()
    }
    assert found == DISTRICTS
