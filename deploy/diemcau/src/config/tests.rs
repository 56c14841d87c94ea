//! What a person who writes settings may rely on: order of the sources, all problems at once,
//! the example file.

use super::key::KEYS;
use super::layer::Layers;
use super::{Config, Database, LogFormat, Sources, load};
use signalling_server::H264Encoder;
use std::net::IpAddr;
use std::path::{Path, PathBuf};

/// A folder that is gone when the test ends.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("diemcau-config-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).expect("the temporary folder can be made");
        Self(path)
    }

    fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.0.join(name);
        std::fs::write(&path, text).expect("the temporary folder can be written");
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn environment(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// Loads `file` as the named file and returns the problems, without the path before them.
fn problems_of(name: &str, file: &str, variables: &[(&str, &str)]) -> Vec<String> {
    let folder = Folder::new(name);
    let sources = Sources {
        file: Some(folder.file("t.toml", file)),
        environment: environment(variables),
        ..Sources::default()
    };
    let prefix = format!("{}/", folder.0.display());
    match load(&sources) {
        Ok(_) => Vec::new(),
        Err(rejected) => rejected.problems.iter().map(|p| p.to_string().replace(&prefix, "")).collect(),
    }
}

fn defaults() -> Config {
    load(&Sources::default()).expect("the defaults are good")
}

#[test]
fn encoder_of_composed_pictures_is_a_word() {
    let set = |value: &str| {
        load(&Sources { set: vec![format!("mixer.encoder={value}")], ..Sources::default() })
            .map(|config| config.mixer.encoder)
            .map_err(|rejected| rejected.problems.iter().map(ToString::to_string).collect::<Vec<_>>())
    };
    assert_eq!(defaults().mixer.encoder, H264Encoder::X264);
    assert_eq!(set("openh264"), Ok(H264Encoder::OpenH264));
    let refused = set("nvenc").expect_err("there is no such encoder");
    assert!(refused[0].contains("mixer.encoder") && refused[0].contains("openh264"), "{refused:?}");
}

#[test]
fn addresses_of_live_streams_are_looked_at_and_never_told() {
    let load = |path: &str, value: &str| {
        load(&Sources { set: vec![format!("{path}={value}")], ..Sources::default() })
            .map(|config| config.live)
            .map_err(|rejected| rejected.problems.iter().map(ToString::to_string).collect::<Vec<_>>())
    };
    let good = load("live.rtmp_url", "rtmps://a.vn/live/{conference}-key").expect("good");
    assert_eq!(good.rtmp_url.as_deref(), Some("rtmps://a.vn/live/{conference}-key"));
    assert!(!format!("{good:?}").contains("key"));
    assert!(load("live.srt_url", "srt://a.vn:9000?mode=caller&streamid={conference}").is_ok());
    for (path, bad) in [
        ("live.rtmp_url", "http://a.vn/secret"),
        ("live.rtmp_url", "rtmp://"),
        ("live.rtmp_url", "rtmp://a.vn/{meeting}/secret"),
        ("live.srt_url", "srt://a .vn:1/secret"),
    ] {
        let problems = load(path, bad).expect_err("no such address");
        assert!(problems[0].contains(path) && !problems[0].contains("secret"), "{problems:?}");
    }
}

#[test]
fn later_source_wins() {
    let folder = Folder::new("order");
    let mut sources = Sources {
        file: Some(folder.file("a.toml", "[http]\nport = 1001\n[media]\nport = 2001\n[sip]\nport = 3001\n")),
        ..Sources::default()
    };
    let ports = |sources: &Sources| {
        let config = load(sources).expect("good");
        (config.http.port, config.media.port, config.sip_port)
    };
    assert_eq!(ports(&sources), (1001, 2001, 3001));
    sources.environment = environment(&[("DIEMCAU_MEDIA_PORT", "2002"), ("DIEMCAU_HTTP_PORT", "1002")]);
    assert_eq!(ports(&sources), (1002, 2002, 3001));
    sources.flags = vec![("--http-port".to_owned(), "http.port", "1003".to_owned())];
    assert_eq!(ports(&sources), (1003, 2002, 3001));
    sources.set = vec!["http.port=1004".to_owned()];
    assert_eq!(ports(&sources), (1004, 2002, 3001));
}

#[test]
fn every_problem_of_every_source_is_told_at_once() {
    let found = problems_of(
        "all",
        "[http]\nprot = 8443\nbind = \"everywhere\"\n\n[media]\nport = 65530\nshards = 8\n\
         advertise_public = [\"video.example\"]\n[log]\nformat = \"xml\"\n",
        &[("DIEMCAU_HTTP_PORT", "http"), ("DIEMCAU_MEDIA_SHARD", "2"), ("DIEMCAU_TEST_X", "1")],
    );
    let expected = expect_test::expect![[r#"
        environment DIEMCAU_MEDIA_SHARD: there is no such setting; did you mean `DIEMCAU_MEDIA_SHARDS`?
        t.toml:2: http.prot: there is no such setting; did you mean `http.port`?
        t.toml:3: http.bind: "everywhere" is no IP address; the default is "::"
        environment DIEMCAU_HTTP_PORT: "http" is no whole number from 1 to 65535; the default is 8443
        t.toml:6: media.port: with 8 shards the last port would be 65537; choose at most 65528
        t.toml:8: media.advertise_public: "video.example" is no IP address; write it like "10.20.0.5" or "2001:db8::5", without a port or a name
        t.toml:10: log.format: "xml" is not known; write one of "text", "json""#]];
    expected.assert_eq(&found.join("\n"));
}

#[test]
fn half_a_certificate_is_refused() {
    let found = problems_of("half", "[http]\ncertificate = \"/etc/ssl/own.pem\"\n", &[]);
    assert_eq!(
        found,
        [
            "t.toml:2: http.certificate: http.private_key is missing; set both, or neither for a certificate of our own authority"
        ]
    );
}

#[test]
fn acme_needs_a_name_and_no_other_certificate() {
    let directory = "[acme]\ndirectory = \"https://ca.example/dir\"\n";
    let told = |name: &str, file: String| problems_of(name, &file, &[]).join("\n");
    assert!(told("acme-1", directory.to_owned()).contains("there is no host name"));
    let addresses = format!("{directory}[http]\nnames = [\"10.0.0.5\"]\n");
    assert!(told("acme-2", addresses).contains("there is no host name"));
    let named = "[http]\nnames = [\"hop.example.vn\"]\n";
    assert_eq!(told("acme-3", format!("{directory}{named}")), "");
    let both = format!("{directory}{named}certificate = \"a\"\nprivate_key = \"b\"\n");
    assert!(told("acme-4", both).contains("http.certificate is set as well"));
    let plain = format!("[acme]\ndirectory = \"http://ca.example\"\ncontact = \"x\"\n{named}");
    assert!(told("acme-5", plain).contains("no https:// address"));
}

#[test]
fn broken_toml_names_the_line() {
    let found = problems_of("toml", "[http]\nport = = 1\n", &[]);
    assert!(found.iter().any(|line| line.starts_with("t.toml:2: not TOML: ")), "{found:?}");
}

#[test]
fn database_password_is_not_quoted_in_a_problem() {
    let found = problems_of("db", "[database]\nurl = \"mysql://u:hunter2@h/d\"\n", &[]);
    assert_eq!(found.len(), 1);
    assert!(!found[0].contains("hunter2"), "{found:?}");
    assert!(!format!("{:?}", Database::Postgres("postgres://u:hunter2@h/d".to_owned())).contains("hunter2"));
}

#[test]
fn http_port_inside_the_media_ports_is_refused() {
    let found = problems_of("inside", "[http]\nport = 10001\n[media]\nport = 10000\nshards = 2\n", &[]);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].contains("is also a media port"), "{found:?}");
}

#[test]
fn file_of_the_data_folder_is_read_and_may_not_move_it() {
    let folder = Folder::new("data");
    folder.file("diemcau.toml", "data = \"/elsewhere\"\n[http]\nport = 1005\n");
    let data = folder.0.display().to_string();
    let sources = Sources { environment: environment(&[("DIEMCAU_DATA", &data)]), ..Sources::default() };
    let problems = load(&sources).expect_err("data in its own folder").problems;
    assert_eq!(problems.len(), 1, "{problems:?}");
    folder.file("diemcau.toml", "[http]\nport = 1005\n[log]\nformat = \"json\"\n");
    let config = load(&sources).expect("good");
    assert_eq!((config.http.port, config.log.format, config.data), (1005, LogFormat::Json, folder.0.clone()));
}

#[test]
fn lists_in_the_environment_are_separated_by_commas() {
    let sources = Sources {
        environment: environment(&[("DIEMCAU_MEDIA_ADVERTISE_LAN", "10.0.0.5, 2001:db8::5")]),
        ..Sources::default()
    };
    let expected: Vec<IpAddr> =
        ["10.0.0.5", "2001:db8::5"].iter().map(|text| text.parse().expect("an address")).collect();
    assert_eq!(load(&sources).expect("good").media.advertise_lan, expected);
}

#[test]
fn example_file_holds_every_setting_with_its_default() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../config/diemcau.example.toml");
    let text = std::fs::read_to_string(&path).expect("the example file is there");
    let mut layers = Layers::default();
    let mut problems = Vec::new();
    assert!(layers.add_file(&path, &text, &mut problems));
    assert_eq!(problems, []);
    for key in KEYS {
        assert!(layers.value(key.path).is_some(), "{} is not in the example file", key.path);
        assert!(text.contains(key.env), "{} is not in the example file", key.env);
    }
    let sources = Sources { file: Some(path), ..Sources::default() };
    assert_eq!(load(&sources).expect("the example is good"), defaults());
}

#[test]
fn places_are_what_the_shards_carry_unless_fewer_are_wanted() {
    let of = |settings: &[&str]| {
        let set = settings.iter().map(|one| (*one).to_owned()).collect();
        load(&Sources { set, ..Sources::default() }).map(|config| config.limits.places)
    };
    assert_eq!(of(&["media.shards=2"]).ok(), Some(960));
    assert_eq!(of(&["media.shards=2", "media.processes=1"]).ok(), Some(1920));
    assert_eq!(of(&["media.shards=2", "limits.places=300"]).ok(), Some(300));
    let problems = of(&["media.shards=1", "limits.places=500"]).expect_err("more than one shard carries");
    let told: Vec<String> = problems.problems.iter().map(ToString::to_string).collect();
    let expected = "flag --set limits.places: 500 places are more than 1 media shards carry, 480; choose fewer \
                    or raise media.shards, or media.processes; 0 is what they carry";
    assert_eq!(told, [expected]);
}
