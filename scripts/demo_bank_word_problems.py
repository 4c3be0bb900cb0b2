"""Word problems: the numbers of a small story, its answer, and the answers of typical misreadings."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from demo_bank_numbers import five, text_of

Made = tuple[str, str, list[str]]
"""Level, stem, options with the key first."""


def word_problems() -> Iterator[Made]:
    """Yield all items, easy ones first."""
    yield _profit(40, 480_000, 13_500)
    yield _joined_mean(12, 78, 18, 83)
    yield _shared_out(360, 3, 5, 4)
    yield _there_and_back(120, 60, 40)
    yield _two_discounts(450_000, 20, 10)
    yield _together(6, 12)
    yield _on_the_map(1_500_000, 8, 48)
    yield _salary_left(3, 10, 1_890_000)
    yield _fair_share_of_girls(40, 60, 10)
    yield _fewer_workers(8, 15, 6, 2)
    yield _meeting(270, 60, 45, 1)
    yield _mixture(20, 30, 50, 4)


def _profit(kilograms: int, cost: int, price: int) -> Made:
    each = Fraction(cost, kilograms)
    stem = (
        f"Seorang pedagang membeli {kilograms} kg beras seharga {text_of(Fraction(cost), 'Rp')} dan menjual semuanya dengan harga"
        f" {text_of(Fraction(price), 'Rp')} per kilogram. Keuntungannya adalah … dari harga beli."
    )
    key = (price - each) / each * 100
    return "mudah", stem, five(key, [Fraction(15), Fraction("13.5"), Fraction(10), Fraction("11.1")], "%")


def _joined_mean(men: int, their_mean: int, women: int, other_mean: int) -> Made:
    stem = (
        f"Nilai rata-rata {men} peserta laki-laki adalah {their_mean}, sedangkan nilai rata-rata {women} peserta"
        f" perempuan adalah {other_mean}. Nilai rata-rata semua peserta adalah …"
    )
    key = Fraction(men * their_mean + women * other_mean, men + women)
    mistakes = [
        Fraction(their_mean + other_mean, 2),
        Fraction(women * their_mean + men * other_mean, men + women),
        key + Fraction(1, 2),
        key - 2,
    ]
    return "mudah", stem, five(key, mistakes)


def _shared_out(total: int, one: int, two: int, three: int) -> Made:
    stem = (
        f"Sebanyak {total} buku dibagikan kepada tiga sekolah dengan perbandingan {one} : {two} : {three}."
        " Selisih buku yang diterima sekolah terbanyak dan sekolah tersedikit adalah …"
    )
    part = Fraction(total, one + two + three)
    mistakes = [part, part * one, part * two, part * three]
    return "mudah", stem, five(part * (two - one), mistakes, "buku")


def _there_and_back(kilometres: int, out: int, back: int) -> Made:
    stem = (
        f"Kurir menempuh {kilometres} km ke kota dengan kecepatan rata-rata {out} km/jam dan pulang lewat jalan yang sama"
        f" dengan kecepatan rata-rata {back} km/jam. Kecepatan rata-rata seluruh perjalanan adalah …"
    )
    key = 2 * kilometres / (Fraction(kilometres, out) + Fraction(kilometres, back))
    return "sedang", stem, five(key, [Fraction(out + back, 2), key - 3, key - 2, key + 4], "km/jam")


def _two_discounts(price: int, first: int, second: int) -> Made:
    stem = (
        f"Sebuah tas seharga {text_of(Fraction(price), 'Rp')} mendapat potongan {first}%, kemudian potongan tambahan {second}%"
        " dari harga sesudah potongan pertama. Harga yang dibayar adalah …"
    )
    key = Fraction(price * (100 - first) * (100 - second), 10_000)
    mistakes = [
        Fraction(price * (100 - first - second), 100),
        Fraction(price * (100 - first), 100),
        Fraction(price * (first + second), 100),
        key + 18_000,
    ]
    return "sedang", stem, five(key, mistakes, "Rp")


def _together(fast: int, slow: int) -> Made:
    stem = (
        f"Pompa A dapat mengosongkan kolam dalam {fast} jam, sedangkan pompa B dalam {slow} jam. Jika keduanya dinyalakan"
        " bersama sejak awal, kolam itu kosong dalam …"
    )
    key = 1 / (Fraction(1, fast) + Fraction(1, slow))
    return (
        "sedang",
        stem,
        five(
            key, [Fraction(fast + slow, 2), Fraction(slow - fast), Fraction(fast + slow), Fraction(3)], "jam"
        ),
    )


def _on_the_map(scale: int, centimetres: int, speed: int) -> Made:
    stem = (
        f"Jarak dua kota pada peta berskala 1 : {text_of(Fraction(scale))} adalah {centimetres} cm. Sebuah mobil menempuh jarak itu"
        f" dengan kecepatan rata-rata {speed} km/jam tanpa berhenti. Lama perjalanannya adalah …"
    )
    key = Fraction(scale * centimetres, 100_000) / speed
    return "sedang", stem, five(key, [key * 10, key / 10, key + Fraction(1, 2), key - Fraction(1, 2)], "jam")


def _salary_left(tenths: int, saved: int, left: int) -> Made:
    stem = (
        f"Seorang pegawai memakai {tenths}/10 gajinya untuk cicilan rumah, lalu menabung {saved}% dari sisanya. Sisa uangnya"
        f" setelah itu adalah {text_of(Fraction(left), 'Rp')} dan ia belum membelanjakan apa pun lagi. Gajinya adalah …"
    )
    key = left / ((1 - Fraction(tenths, 10)) * (1 - Fraction(saved, 100)))
    other = left / (1 - Fraction(tenths, 10) - Fraction(saved, 100))
    mistakes = [other, key + 210_000, Fraction(left * 10, tenths), left / (1 - Fraction(tenths, 10))]
    return (
        "sedang",
        stem,
        five(
            key,
            [each for each in mistakes if each.denominator == 1] + [key - 100_000, key + 100_000, key * 2],
            "Rp",
        ),
    )


def _fair_share_of_girls(people: int, percent: int, more: int) -> Made:
    stem = (
        f"Dalam pelatihan yang diikuti {people} orang, {percent}% pesertanya perempuan. Jika kemudian {more} peserta"
        " laki-laki bergabung, persentase peserta perempuan menjadi …"
    )
    women = Fraction(people * percent, 100)
    key = women / (people + more) * 100
    return (
        "sedang",
        stem,
        five(
            key,
            [
                Fraction(percent - more),
                Fraction(percent),
                (women + more) / (people + more) * 100,
                Fraction(people - women) / (people + more) * 100,
            ],
            "%",
        ),
    )


def _fewer_workers(workers: int, days: int, done: int, gone: int) -> Made:
    stem = (
        "Delapan petugas dapat menyelesaikan verifikasi berkas dalam 15 hari. Setelah enam hari, dua petugas dipindahkan dan"
        " sisanya melanjutkan sampai selesai. Seluruh pekerjaan itu berlangsung selama …"
    )
    key = done + Fraction(workers * (days - done), workers - gone)
    return (
        "sulit",
        stem,
        five(
            key,
            [key - done, Fraction(days + gone), Fraction(workers * days, workers - gone), Fraction(days + 1)],
            "hari",
        ),
    )


def _meeting(kilometres: int, one: int, other: int, head_start: int) -> Made:
    stem = (
        f"Jarak kota P dan kota Q {kilometres} km. Pukul 07.00 Anton berangkat dari P menuju Q dengan kecepatan tetap {one}"
        f" km/jam. Satu jam kemudian Beni berangkat dari Q menuju P dengan kecepatan tetap {other} km/jam. Jarak titik"
        " pertemuan mereka dari kota P adalah …"
    )
    hours = Fraction(kilometres - one * head_start, one + other)
    key = one * (head_start + hours)
    mistakes = [
        one * hours,
        other * hours,
        Fraction(kilometres * one, one + other),
        Fraction(kilometres, 2),
        key + 15,
    ]
    return "sulit", stem, five(key, [each for each in mistakes if (each * 10).denominator == 1], "km")


def _mixture(low: int, target: int, high: int, litres: int) -> Made:
    stem = (
        f"Larutan A mengandung {low}% gula dan larutan B mengandung {high}% gula. Untuk memperoleh {litres * 3} liter larutan"
        f" yang mengandung {target}% gula, larutan B yang diperlukan adalah …"
    )
    total = Fraction(litres * 3)
    key = total * Fraction(target - low, high - low)
    return "sulit", stem, five(key, [total - key, total / 2, total * Fraction(target, 100), key + 1], "liter")
