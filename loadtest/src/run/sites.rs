//! Keeps sites in a conference, with real media, until somebody stops it.
//!
//! Called by the program, and by tests of others that need a full meeting. Each site is a guest that sends
//! camera and voice and watches a stage with thumbnails; one that falls out comes back.

use super::progress::Progress;
use crate::client::{Codec, Crowd, Look, Part, Profile, Setting};
use crate::error::Failure;
use crate::material::Stock;
use crate::peer::https::{Https, Trust};
use crate::peer::ours::guest;
use crate::peer::ours::place::{Door, Place, Plan, Told, Watching};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

/// Between two lines of what goes on.
const LINE_EVERY: Duration = Duration::from_secs(1);
/// Before a site that fell out, or was not let in, tries again.
const COME_BACK: Duration = Duration::from_secs(3);
/// Sites that one thread carries, each with ten pictures and three voices.
const SITES_PER_THREAD: usize = 150;
const LAYERS: &[&str] = &["q", "h", "f"];

/// What is asked for.
#[derive(Clone, Debug)]
pub struct Wanted {
    pub count: usize,
    pub conference: String,
    /// `https://HOST[:PORT]`, whatever path follows.
    pub url: String,
    /// PEM roots by which the server is believed.
    pub ca: Option<PathBuf>,
    /// Believes any certificate; so it is on loopback without `ca`.
    pub insecure: bool,
    pub stock: Arc<Stock>,
    /// Small pictures beside the stage of each site.
    pub thumbnails: usize,
}

/// Host and port of a URL.
fn address(url: &str) -> Result<(String, u16), Failure> {
    let bad = || Failure::File { file: url.to_owned(), said: "no https:// address".to_owned() };
    let rest = url.strip_prefix("https://").ok_or_else(bad)?;
    let place = rest.split('/').next().unwrap_or_default();
    let (host, port) = match place.rsplit_once(':') {
        Some((host, port)) if !host.contains(':') || host.ends_with(']') => {
            (host, port.parse().map_err(|_| bad())?)
        }
        _ => (place, 443),
    };
    let host = host.trim_start_matches('[').trim_end_matches(']');
    if host.is_empty() { Err(bad()) } else { Ok((host.to_owned(), port)) }
}

/// Threads for so many sites: one carries about 150, and more than there are cores help nobody.
fn threads(sites: usize) -> usize {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    sites.div_ceil(SITES_PER_THREAD).clamp(1, cores)
}

fn is_loopback(host: &str) -> bool {
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|it| it.is_loopback())
}

/// Who sits where, and what they tell.
struct Sites<'a> {
    /// One for each core that is needed.
    crowds: Vec<Crowd>,
    runtime: tokio::runtime::Runtime,
    http: Https,
    door: Door,
    wanted: &'a Wanted,
    places: Vec<Option<Place>>,
    /// When an empty place is tried again.
    due: Vec<Instant>,
    tell: Sender<(usize, Told)>,
    told: Receiver<(usize, Told)>,
    last_failure: Option<String>,
}

/// Keeps them there until Ctrl-C or SIGTERM.
///
/// # Errors
/// `File` for a bad address or roots, `System`, `Stack`.
pub fn keep(wanted: &Wanted) -> Result<(), Failure> {
    let (host, port) = address(&wanted.url)?;
    let trust = match &wanted.ca {
        Some(file) => Trust::Roots(file),
        None if wanted.insecure || is_loopback(&host) => Trust::Anyone,
        None => {
            let said = "its certificate needs --ca FILE, or --insecure".to_owned();
            return Err(Failure::File { file: wanted.url.clone(), said });
        }
    };
    let http = Https::new(&host, port, trust).map_err(Failure::system("TLS"))?;
    let door = Door { host, port, conference: wanted.conference.clone(), tls: http.config() };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .map_err(Failure::system("runtime of the signalling"))?;
    let crowds = (0..threads(wanted.count))
        .map(|core| Crowd::start(Setting::new(core, Arc::clone(&wanted.stock), Profile::Spaced)))
        .collect::<Result<_, _>>()?;
    let (tell, told) = channel();
    let sites = Sites {
        crowds,
        runtime,
        http,
        door,
        wanted,
        places: (0..wanted.count).map(|_| None).collect(),
        due: vec![Instant::now(); wanted.count],
        tell,
        told,
        last_failure: None,
    };
    sites.run();
    Ok(())
}

impl Sites<'_> {
    fn run(mut self) {
        let progress = Progress::new("sites");
        let (mut last, mut told) = ((Instant::now(), 0), 0);
        while !progress.is_stopped() {
            let now = Instant::now();
            for number in 0..self.places.len() {
                if self.places[number].is_none() && self.due[number] <= now && !progress.is_stopped() {
                    self.enter(number);
                }
            }
            self.listen(now + LINE_EVERY);
            let looks: Vec<Look> = self.crowds.iter().map(Crowd::look).collect();
            let seconds = last.0.elapsed().as_secs_f64();
            let packets: u64 = looks.iter().map(|it| it.sum(|it| it.packets)).sum();
            let gained = packets.saturating_sub(last.1);
            let here: usize = looks.iter().map(Look::connected).sum();
            let why = self.last_failure.as_deref().map(|it| format!(", last: {it}")).unwrap_or_default();
            let line =
                format!("{here} of {} in, {:.0} packets/s{why}", self.places.len(), gained as f64 / seconds);
            if here != told {
                told = here;
                progress.tell(&line);
            }
            progress.show(&line, here, self.places.len());
            last = (Instant::now(), packets);
        }
        progress.done();
        eprintln!("loadtest: {} sites leave", self.places.iter().flatten().count());
        self.places.clear();
        // Their goodbyes are on their way.
        self.runtime.shutdown_timeout(Duration::from_millis(500));
    }

    fn enter(&mut self, number: usize) {
        self.due[number] = Instant::now() + COME_BACK;
        match self.place(number) {
            Ok(place) => self.places[number] = Some(place),
            Err(failure) => self.last_failure = Some(failure.to_string()),
        }
    }

    fn place(&self, number: usize) -> Result<Place, Failure> {
        let identity = guest(&self.http, &self.door, &format!("Điểm cầu {:03}", number + 1))?;
        let crowd = &self.crowds[number % self.crowds.len()];
        let client = crowd.client(Part::Sender { codec: Codec::Vp8, rids: LAYERS })?;
        let watching = Watching::Stage {
            height_px: 720,
            thumbnails: self.wanted.thumbnails,
            thumbnail_px: 180,
            turned_by: 0,
        };
        let plan = Plan { microphone: true, camera: true, watching };
        let tell = self.tell.clone();
        // Nobody listens any more at the end.
        let told = move |word| drop(tell.send((number, word)));
        Ok(Place::take(self.runtime.handle(), self.door.clone(), identity, plan, client, told))
    }

    /// Takes what sites tell until `until`.
    fn listen(&mut self, until: Instant) {
        loop {
            match self.told.recv_timeout(until.saturating_duration_since(Instant::now())) {
                Ok((number, Told::Over(why))) => {
                    self.places[number] = None;
                    self.due[number] = Instant::now() + COME_BACK;
                    self.last_failure = Some(why);
                }
                Ok((_, Told::Answered | Told::Welcome(_) | Told::Heard(..))) => {}
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => return,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_as_people_write_them() {
        let read = |url: &str| address(url).ok();
        assert_eq!(read("https://localhost:8443"), Some(("localhost".to_owned(), 8443)));
        assert_eq!(read("https://hop.example.vn/c/demo"), Some(("hop.example.vn".to_owned(), 443)));
        assert_eq!(read("https://[::1]:8443/"), Some(("::1".to_owned(), 8443)));
        assert_eq!((read("http://a"), read("https://"), read("https://a:b")), (None, None, None));
        assert!(is_loopback("::1") && is_loopback("localhost") && !is_loopback("10.0.0.1"));
    }
}
