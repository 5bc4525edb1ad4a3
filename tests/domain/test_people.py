"""E-mail, phones, websites, handles and names are read in any spelling and matched by one key."""

from __future__ import annotations

import string
import subprocess
import sys
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcli.domain.fields import NETWORKS
from crmcli.domain.handles import network_of, profile_url, read_handle
from crmcli.domain.names import Name, split_name
from crmcli.domain.people import looks_like, name_from_email, read_email, read_phone, read_website, show_phone
from crmcli.domain.text import Matched
from crmcli.errors import BadValue

labels = st.text(string.ascii_letters + string.digits + "żółćпримербгюñ", min_size=1, max_size=12)
hosts = st.lists(labels, min_size=1, max_size=3).map(lambda parts: ".".join([*parts, "com"]))


class TestEmail:
    @pytest.mark.parametrize(
        ("text", "value", "key"),
        [
            ("jane@acme.com", "jane@acme.com", "jane@acme.com"),
            ("  Jane.Doe@ACME.com\n", "Jane.Doe@acme.com", "jane.doe@acme.com"),
            ("Jane Doe <Jane@Acme.com>", "Jane@acme.com", "jane@acme.com"),
            ('"jane@x.com" <jane@acme.com>', "jane@acme.com", "jane@acme.com"),
            ("<jane@acme.com>", "jane@acme.com", "jane@acme.com"),
            ("mailto:jane@acme.com?subject=hi", "jane@acme.com", "jane@acme.com"),
            ("MAILTO:jane%2Bcrm@acme.com", "jane+crm@acme.com", "jane+crm@acme.com"),
            ("\u202ajane@acme.com\u202c", "jane@acme.com", "jane@acme.com"),
            ("o'brien_{x}+y@a-b.co.uk", "o'brien_{x}+y@a-b.co.uk", "o'brien_{x}+y@a-b.co.uk"),
            ("Иван@Пример.БГ", "Иван@пример.бг", "иван@пример.бг"),
            ("ivan@xn--e1afmkfd.xn--90ae", "ivan@пример.бг", "ivan@пример.бг"),
            ("J@bu\u0308cher.de", "J@bücher.de", "j@bücher.de"),
            ("zażółć@gęśl.pl", "zażółć@gęśl.pl", "zażółć@gęśl.pl"),
            ("小明@例子。公司", "小明@例子.公司", "小明@例子.公司"),
            ("jane@xn--0.com", "jane@xn--0.com", "jane@xn--0.com"),
            ("jane@straße.de", "jane@straße.de", "jane@strasse.de"),
        ],
    )
    def test_an_address_is_read(self, text: str, value: str, key: str) -> None:
        assert Matched(value, key) == read_email(text)

    @pytest.mark.parametrize(
        ("text", "fault"),
        [
            ("", "there is no @"),
            ("jane", "there is no @"),
            ("a@b@c.com", "there is more than one @"),
            ("a@b.com, b@c.com", "there is more than one @"),
            ("a b@c.com", "it holds spaces or invisible characters"),
            ("a\x1bb@c.com", "it holds spaces or invisible characters"),
            ("a\u200bb@c.com", "it holds spaces or invisible characters"),
            ("@c.com", "the part before the @ is not a mailbox"),
            ("a..b@c.com", "the part before the @ is not a mailbox"),
            (".a@c.com", "the part before the @ is not a mailbox"),
            ("<a@c.com", "the part before the @ is not a mailbox"),
            ("a@", "the part after the @ is not a domain"),
            ("a@localhost", "the part after the @ is not a domain"),
            ("a@.com", "the part after the @ is not a domain"),
            ("a@c..com", "the part after the @ is not a domain"),
            ("a@c.com.", "the part after the @ is not a domain"),
            ("a@-c.com", "the part after the @ is not a domain"),
            ("a@c_d.com", "the part after the @ is not a domain"),
            ("a@c.com/x", "the part after the @ is not a domain"),
            ("a@192.168.0.1", "the part after the @ is not a domain"),
            ("a@[192.168.0.1]", "the part after the @ is not a domain"),
            ("a" * 65 + "@c.com", "it is too long"),
            ("a@" + "b.c" * 90 + ".com", "it is too long"),
        ],
    )
    def test_nonsense_is_refused_with_its_fault(self, text: str, fault: str) -> None:
        with pytest.raises(BadValue) as refused:
            read_email(text)
        assert ("email", fault) == (refused.value.field, refused.value.reason.partition(": ")[2])

    @given(st.text(string.ascii_letters + "йżñ+_-", min_size=1, max_size=20), hosts)
    def test_value_and_key_read_back_to_the_same_key(self, local: str, host: str) -> None:
        read = read_email(f"{local}@{host}")
        assert read == read_email(read.value)
        assert read.key == read_email(read.key).key == read_email(f"{local}@{host}".upper()).key

    @given(st.text())
    def test_no_text_does_anything_but_read_or_be_refused(self, text: str) -> None:
        try:
            line = read_email(text).value
        except BadValue as refused:
            line = refused.message
        else:
            assert line.count("@") == 1
        assert "\n" not in line

    @pytest.mark.parametrize(
        ("address", "name"),
        [
            ("jane@acme.com", "jane"),
            ("Jane.Doe@acme.com", "Jane.Doe"),
            ("jane+crm@acme.com", "jane"),
            ("+x@acme.com", "+x"),
            ("Jane <j@acme.com>", "j"),
            ("иван@пример.бг", "иван"),
        ],
    )
    def test_a_stub_is_named_after_the_mailbox(self, address: str, name: str) -> None:
        assert name == name_from_email(address)


class TestPhone:
    @pytest.mark.parametrize(
        ("text", "country", "key"),
        [
            ("0888 123 456", "BG", "+359888123456"),
            ("0888 123 456", "bg", "+359888123456"),
            ("(02) 123-4567", "BG", "+35921234567"),
            ("+359 888/123-456", None, "+359888123456"),
            ("00359888123456", None, "+359888123456"),
            ("00 359 (888) 123.456", "US", "+359888123456"),
            ("011 359 888 123456", "US", "+359888123456"),
            ("٠٨٨٨١٢٣٤٥٦", "BG", "+359888123456"),
            ("＋359888123456", None, "+359888123456"),
            ("\u202d+359 888 123 456\u202c", None, "+359888123456"),
            ("+48 22 123 45 67", None, "+48221234567"),
            ("+39 06 1234567", None, "+39061234567"),
            ("010 1234 5678", "CN", "+861012345678"),
            ("(415) 555-0100", "US", "+14155550100"),
            ("555-0100", "US", "+15550100"),
            ("+1 202 555 0100", "BG", "+12025550100"),
            ("202 555 0100 x123", "US", "+12025550100;ext=123"),
            ("+359 2 123 4567 ext. 7", None, "+35921234567;ext=7"),
            ("+7 495 123-45-67 доб. 12", None, "+74951234567;ext=12"),
            ("tel:+1-202-555-0100", None, "+12025550100"),
            ("tel:+1-202-555-0100;ext=12", None, "+12025550100;ext=12"),
            ("1-800-FLOWERS", "US", "+18003569377"),
        ],
    )
    def test_every_spelling_has_one_key(self, text: str, country: str | None, key: str) -> None:
        assert key == read_phone(text, country).key

    def test_the_value_is_the_international_format(self) -> None:
        assert read_phone("(202) 555 0100 x12", "US").value == "+1 202-555-0100 ext. 12"
        assert read_phone("0888123456", "BG").value == "+359 88 812 3456"

    @pytest.mark.parametrize(
        "text", ["", "+", "hello", "12345", "1" * 25, "123 apples", "+359888123456 or", "jane@acme.com", "+0 123", "٣"]
    )
    @pytest.mark.parametrize("country", ["BG", "US", "XX", None])
    def test_nonsense_is_refused(self, text: str, country: str | None) -> None:
        with pytest.raises(BadValue, match=r"^phone: .* is not a phone number$"):
            read_phone(text, country)

    def test_without_a_country_the_hint_says_how_to_give_one(self) -> None:
        with pytest.raises(BadValue) as refused:
            read_phone("0888123456", None)
        assert refused.value.hint == "start it with + and the country's number, or set phone.default_country"

    @given(st.from_regex(r"0(2|88[0-9])[0-9]{6}", fullmatch=True))
    def test_what_is_shown_reads_back_to_the_same_key(self, text: str) -> None:
        read = read_phone(text, "BG")
        assert read == read_phone(read.value, None) == read_phone(read.key, "US")
        assert read == read_phone(show_phone(read.key, "national", "BG"), "BG")

    @pytest.mark.parametrize(
        ("key", "display", "country", "shown"),
        [
            ("+359888123456", "international", "BG", "+359 88 812 3456"),
            ("+359888123456", "national", "bg", "088 812 3456"),
            ("+359888123456", "national", "US", "+359 88 812 3456"),
            ("+359888123456", "national", None, "+359 88 812 3456"),
            ("+359888123456", "e164", "BG", "+359888123456"),
            ("+12025550100;ext=12", "international", None, "+1 202-555-0100 ext. 12"),
            ("+12025550100;ext=12", "national", "US", "(202) 555-0100 ext. 12"),
            ("+12025550100;ext=12", "e164", "US", "+12025550100;ext=12"),
            ("gibberish", "national", "BG", "gibberish"),
        ],
    )
    def test_a_phone_is_shown_as_configured(self, key: str, display: str, country: str | None, shown: str) -> None:
        assert shown == show_phone(key, display, country)


class TestWebsite:
    @pytest.mark.parametrize(
        ("text", "value"),
        [
            ("acme.com", "acme.com"),
            ("https://www.Acme.com/", "acme.com"),
            ("//acme.com", "acme.com"),
            ("acme.com.", "acme.com"),
            ("HTTP://WWW.ACME.COM:80/Path/Page/?q=1#top", "acme.com/Path/Page"),
            ("https://acme.com:443", "acme.com"),
            ("acme.com:8080/x", "acme.com:8080/x"),
            ("acme.com/?next=http://other.com/", "acme.com"),
            ("shop.acme.co.uk", "shop.acme.co.uk"),
            ("www.com", "www.com"),
            ("www.www.acme.com", "acme.com"),
            ("http://bücher.de", "bücher.de"),
            ("xn--bcher-kva.de", "bücher.de"),
            ("www.ПРИМЕР.бг/Път", "пример.бг/Път"),
            ("例子。公司", "例子.公司"),
            ("192.168.0.1/crm", "192.168.0.1/crm"),
        ],
    )
    def test_a_website_is_host_and_path(self, text: str, value: str) -> None:
        assert Matched(value, value) == read_website(text)

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "acme",
            "http://",
            "localhost:8080",
            "a b.com",
            "acme.com/a b",
            "acme.com/\x1b[31m",
            "javascript:alert(1.com)",
            "javascript://acme.com/%0aalert(1)",
            "file:///etc/passwd",
            "ftp://acme.com",
            "mailto:jane@acme.com",
            "jane@acme.com",
            "https://jane:secret@acme.com",
            "acme..com",
            "-acme.com",
            "acme.com:port",
            "12.5",
            "1.2.3.400",
            "acme.com/" + "x" * 3000,
        ],
    )
    def test_nonsense_is_refused(self, text: str) -> None:
        with pytest.raises(BadValue, match=r"^website: .* is not a website"):
            read_website(text)

    @given(hosts, st.text(string.ascii_letters + "/-_.%ж", max_size=20))
    def test_value_and_key_read_back_to_the_same_key(self, host: str, path: str) -> None:
        read = read_website(f"https://www.{host}/{path}?q#f")
        assert read == read_website(read.value)
        assert read.key == read_website(read.key).key


class TestHandle:
    @pytest.mark.parametrize(
        ("network", "text", "value"),
        [
            ("linkedin", "jane-doe", "jane-doe"),
            ("linkedin", "@Jane-Doe", "Jane-Doe"),
            ("linkedin", "in/jane-doe", "jane-doe"),
            ("linkedin", "https://www.linkedin.com/in/jane-doe/", "jane-doe"),
            ("linkedin", "https://www.linkedin.com/in/jane-doe/en?trk=x#top", "jane-doe"),
            ("linkedin", "linkedin.com/mwlite/in/jane-doe", "jane-doe"),
            ("linkedin", "bg.linkedin.com/in/%D0%B8%D0%B2%D0%B0%D0%BD", "иван"),
            ("linkedin", "https://linkedin.com/in/प्रिया", "प्रिया"),
            ("linkedin", "https://linkedin.com/company/Booking.com/about/", "company/Booking.com"),
            ("x", "@Jane_D", "Jane_D"),
            ("x", "jane", "jane"),
            ("x", "https://x.com/jane?s=20", "jane"),
            ("x", "https://mobile.twitter.com/@jane/", "jane"),
            ("x", "TWITTER.com/jane/status/1", "jane"),
            ("x", "https://twitter.com/#!/jane", "jane"),
            ("x", "https://twitter.com/intent/user?a=b&screen_name=jane", "jane"),
            ("bluesky", "@jane.bsky.social", "jane.bsky.social"),
            ("bluesky", "jane", "jane.bsky.social"),
            ("bluesky", "Jane.Dev", "jane.dev"),
            ("bluesky", "https://bsky.app/profile/jane.dev/post/3k", "jane.dev"),
            ("bluesky", "https://bsky.app/profile/@jane.dev", "jane.dev"),
            ("bluesky", "https://bsky.app/profile/did:plc:abcd234", "did:plc:abcd234"),
            ("bluesky", "https://jane.bsky.social", "jane.bsky.social"),
            ("telegram", "@jane_d", "jane_d"),
            ("telegram", "https://t.me/jane_d/123", "jane_d"),
            ("telegram", "t.me/s/jane_d", "jane_d"),
            ("telegram", "telegram.me/jane_d", "jane_d"),
            ("telegram", "janed.t.me", "janed"),
            ("telegram", "tg://resolve?domain=jane_d&start=1", "jane_d"),
        ],
    )
    def test_a_handle_is_read_from_any_spelling(self, network: str, text: str, value: str) -> None:
        assert Matched(value, value.casefold()) == read_handle(network, text)

    @pytest.mark.parametrize(
        ("network", "text"),
        [
            ("linkedin", "jane doe"),
            ("linkedin", "linkedin.com"),
            ("linkedin", "https://linkedin.com/jobs/view/1"),
            ("linkedin", "https://linkedin.com/in/"),
            ("linkedin", "https://linkedin.com/in/a%2Fb"),
            ("linkedin", "https://linkedin.com/in/%1b%5b31m"),
            ("x", "jane-doe"),
            ("x", "jane.doe"),
            ("x", "джейн"),
            ("x", "a" * 16),
            ("x", "x.com/home"),
            ("x", "https://x.com/"),
            ("x", "https://notx.com/jane"),
            ("x", "ftp://x.com/jane"),
            ("bluesky", "ja ne"),
            ("bluesky", "-jane.dev"),
            ("bluesky", "https://jane.dev"),
            ("bluesky", "https://bsky.app/search"),
            ("telegram", "@1jane"),
            ("telegram", "abc"),
            ("telegram", "https://t.me/+AbCdEf"),
            ("telegram", "https://t.me/joinchat/AbCd"),
            ("telegram", "tg://join?invite=x"),
            ("telegram", "acme.example/t.me/jane"),
            *((network, text) for network in NETWORKS for text in ("", "@", "a\x1bbcd", "jane\nroe", "https://")),
        ],
    )
    def test_what_is_no_handle_is_refused(self, network: str, text: str) -> None:
        with pytest.raises(BadValue, match=rf"^{network}: .* is not a handle on ") as refused:
            read_handle(network, text)
        assert profile_url(network, "NAME") in str(refused.value.hint)

    @pytest.mark.parametrize("network", NETWORKS)
    @pytest.mark.parametrize("other", NETWORKS)
    def test_a_profile_on_another_network_is_refused_by_its_name(self, network: str, other: str) -> None:
        url = profile_url(other, "jane.dev" if other == "bluesky" else "jane")
        if network == other:
            assert url == profile_url(network, read_handle(network, url).value)
        else:
            with pytest.raises(BadValue, match="is a profile on"):
                read_handle(network, url)

    @pytest.mark.parametrize(
        ("url", "network"),
        [
            ("https://www.linkedin.com/in/jane", "linkedin"),
            ("twitter.com/jane", "x"),
            ("jane.bsky.social", "bluesky"),
            ("tg://resolve?domain=jane", "telegram"),
            ("https://x.com/", None),
            ("x.com/home", None),
            ("notx.com/jane", None),
            ("acme.com/in/jane", None),
            ("jane@x.com", None),
            ("jane", None),
            ("", None),
        ],
    )
    def test_a_profile_url_tells_its_network(self, url: str, network: str | None) -> None:
        assert network == network_of(url)

    @pytest.mark.parametrize(
        ("network", "handle", "url"),
        [
            ("linkedin", "jane", "https://www.linkedin.com/in/jane"),
            ("linkedin", "иван", "https://www.linkedin.com/in/%D0%B8%D0%B2%D0%B0%D0%BD"),
            ("linkedin", "company/acme", "https://www.linkedin.com/company/acme"),
            ("x", "jane", "https://x.com/jane"),
            ("bluesky", "jane.dev", "https://bsky.app/profile/jane.dev"),
            ("telegram", "jane", "https://t.me/jane"),
        ],
    )
    def test_a_handle_has_a_profile_url_that_reads_back(self, network: str, handle: str, url: str) -> None:
        assert url == profile_url(network, handle)
        assert handle == read_handle(network, url).value

    @given(st.sampled_from(NETWORKS), st.text())
    def test_no_text_does_anything_but_read_or_be_refused(self, network: str, text: str) -> None:
        try:
            read = read_handle(network, text)
        except BadValue as refused:
            line = refused.message
        else:
            line = read.value
            assert read == read_handle(network, line)
        assert "\n" not in line


class TestName:
    @pytest.mark.parametrize(
        ("full", "name"),
        [
            ("Jane Doe", Name("Jane", "Doe")),
            ("Jane", Name("Jane", None)),
            ("Jane Mary Doe", Name("Jane Mary", "Doe")),
            ("Dr. Jane van der Berg Jr.", Name("Jane", "van der Berg", "Dr.", "Jr.")),
            ("Berg, Jane", Name("Jane", "Berg")),
            ("van der Berg, Dr. Jane, Jr.", Name("Jane", "van der Berg", "Dr.", "Jr.")),
            ("Jane Berg, PhD, MBA", Name("Jane", "Berg", None, "PhD MBA")),
            ("Martin Luther King III", Name("Martin Luther", "King", None, "III")),
            ("Ms Li", Name(None, "Li", "Ms")),
            ("Dr.", Name("Dr.", None)),
            ("Don Draper", Name("Don", "Draper")),
            ("Van Morrison", Name("Van", "Morrison")),
            ("Juan de la Cruz", Name("Juan", "de la Cruz")),
            ("prof. dr hab. Jan Kowalski", Name("Jan", "Kowalski", "prof. dr hab.")),
            ("Anna Nowak-Kowalska", Name("Anna", "Nowak-Kowalska")),
            ("Anna Nowak - Kowalska", Name("Anna", "Nowak - Kowalska")),
            ("Иван Петров", Name("Иван", "Петров")),
            ("Иван", Name("Иван", None)),
            ("Д-р Мария Иванова-Петрова", Name("Мария", "Иванова-Петрова", "Д-р")),
            ("Иванов Иван Иванович", Name("Иван Иванович", "Иванов")),
            ("Иван Иванович Иванов", Name("Иван Иванович", "Иванов")),
            ("王小明", Name("王小明", None)),
            ("王 小明", Name("小明", "王")),
            ("김 민준", Name("민준", "김")),
            ("محمد بن سلمان", Name("محمد", "بن سلمان")),
            ("  Jane \t Doe\n", Name("Jane", "Doe")),
            ("", Name(None, None)),
            (", ,", Name(None, None)),
        ],
    )
    def test_a_name_comes_apart(self, full: str, name: Name) -> None:
        assert name == split_name(full)

    @given(
        st.lists(
            st.sampled_from(["Dr.", "Jane", "van", "der", "Berg", "Jr.", ",", "-", "Иванович", "王", "II"])
            | st.text(max_size=5),
            max_size=7,
        )
    )
    def test_no_letter_is_lost(self, words: list[str]) -> None:
        full = " ".join(words)
        kept = "".join(part for part in split_name(full) if part)
        assert Counter(filter(str.isalnum, full)) == Counter(filter(str.isalnum, kept))


class TestLooks:
    @pytest.mark.parametrize(
        ("text", "kind"),
        [
            ("jane@acme.com", "email"),
            ("Jane <jane@acme.com>", "email"),
            ("mailto:jane@acme.com", "email"),
            ("иван@пример.бг", "email"),
            ("0888 123 456", "phone"),
            ("+1 (202) 555-0100 x12", "phone"),
            ("٠٨٨٨١٢٣٤٥٦", "phone"),
            ("tel:+35921234567", "phone"),
            ("12345", "phone"),
            ("https://x.com/jane", "handle_url"),
            ("t.me/@jane", "handle_url"),
            ("linkedin.com/in/иван", "handle_url"),
            ("acme.com", "website"),
            ("https://www.acme.com/about?x=1", "website"),
            ("https://medium.com/@jane", "website"),
            ("пример.бг", "website"),
            ("x.com", "website"),
            ("1234", "text"),
            ("#12", "text"),
            ("@jane", "text"),
            ("Jane Doe", "text"),
            ("Acme Inc.", "text"),
            ("ct_01J8ZV", "text"),
            ("hubspot:123", "text"),
            ("localhost:8080", "text"),
            ("v1.5", "text"),
            ("javascript:alert(1)", "text"),
            ("", "text"),
        ],
    )
    def test_a_reference_is_known_by_its_looks(self, text: str, kind: str) -> None:
        assert kind == looks_like(text)

    def test_looking_loads_no_phone_tables(self) -> None:
        code = (
            "import sys; from crmcli.domain import names, people; people.looks_like('+359 888 123 456');"
            "people.read_email('jane@acme.com'); names.split_name('Jane Doe');"
            "sys.exit(any(m in sys.modules for m in ('phonenumbers', 'urllib.parse', 'decimal', 'dataclasses')))"
        )
        done = subprocess.run([sys.executable, "-c", code], check=False)
        assert done.returncode == 0
