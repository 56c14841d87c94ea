//! The counters of a worker on their way to the recorder of the supervisor, which `/metrics` shows.
//!
//! In the worker a recorder keeps numbers, and `worker` sends them every second; here they are added to
//! those of the workers before it, so that a total never falls.

use metrics::{
    Counter, CounterFn, Gauge, GaugeFn, Histogram, Key, KeyName, Label, Metadata, Recorder, SharedString,
    Unit,
};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// Most series of one worker; a shard has about 45.
const MAX_SERIES: usize = 8192;

/// One number of a worker.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Figure {
    name: String,
    labels: Vec<(String, String)>,
    value: Value,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Value {
    /// Since the worker started.
    Total(u64),
    Now(f64),
}

/// The recorder of a worker.
#[derive(Clone, Default)]
pub(super) struct Figures(Arc<Mutex<HashMap<Key, Cell>>>);

#[derive(Clone)]
enum Cell {
    Total(Arc<Total>),
    Now(Arc<Now>),
}

#[derive(Default)]
struct Total(AtomicU64);

impl CounterFn for Total {
    fn increment(&self, value: u64) {
        self.0.fetch_add(value, Ordering::Relaxed);
    }

    fn absolute(&self, value: u64) {
        self.0.fetch_max(value, Ordering::Relaxed);
    }
}

#[derive(Default)]
struct Now(AtomicU64);

impl Now {
    fn change(&self, change: impl Fn(f64) -> f64) {
        // It never refuses, since the closure always answers.
        let _ = self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |bits| {
            Some(change(f64::from_bits(bits)).to_bits())
        });
    }
}

impl GaugeFn for Now {
    fn increment(&self, value: f64) {
        self.change(|now| now + value);
    }

    fn decrement(&self, value: f64) {
        self.change(|now| now - value);
    }

    fn set(&self, value: f64) {
        self.0.store(value.to_bits(), Ordering::Relaxed);
    }
}

impl Recorder for Figures {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        match self.cell(key, || Cell::Total(Arc::default())) {
            Some(Cell::Total(total)) => Counter::from_arc(total),
            _ => Counter::noop(),
        }
    }

    fn register_gauge(&self, key: &Key, _: &Metadata<'_>) -> Gauge {
        match self.cell(key, || Cell::Now(Arc::default())) {
            Some(Cell::Now(now)) => Gauge::from_arc(now),
            _ => Gauge::noop(),
        }
    }

    /// Media has none.
    fn register_histogram(&self, _: &Key, _: &Metadata<'_>) -> Histogram {
        Histogram::noop()
    }
}

impl Figures {
    fn cell(&self, key: &Key, make: impl FnOnce() -> Cell) -> Option<Cell> {
        let mut cells = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(cell) = cells.get(key) {
            return Some(cell.clone());
        }
        if cells.len() >= MAX_SERIES {
            return None;
        }
        let cell = make();
        cells.insert(key.clone(), cell.clone());
        Some(cell)
    }

    /// All numbers now.
    pub(super) fn all(&self) -> Vec<Figure> {
        let cells = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let figure = |(key, cell): (&Key, &Cell)| Figure {
            name: key.name().to_owned(),
            labels: key.labels().map(|label| (label.key().to_owned(), label.value().to_owned())).collect(),
            value: match cell {
                Cell::Total(total) => Value::Total(total.0.load(Ordering::Relaxed)),
                Cell::Now(now) => Value::Now(f64::from_bits(now.0.load(Ordering::Relaxed))),
            },
        };
        cells.iter().map(figure).collect()
    }
}

/// What of the present worker's totals was added already.
#[derive(Default)]
pub(super) struct Added(HashMap<Key, u64>);

impl Added {
    /// Hands the numbers of worker `process` to the recorder of this process.
    pub(super) fn add(&mut self, process: usize, figures: Vec<Figure>) {
        for Figure { name, labels, value } in figures.into_iter().take(MAX_SERIES) {
            let mut labels: Vec<Label> =
                labels.into_iter().map(|(key, value)| Label::new(key, value)).collect();
            // Two processes count the relay, each for itself.
            labels.push(Label::new("process", process.to_string()));
            let key = Key::from_parts(name.clone(), labels.clone());
            match value {
                Value::Now(now) => metrics::gauge!(name, labels).set(now),
                Value::Total(total) => {
                    if self.0.len() >= MAX_SERIES && !self.0.contains_key(&key) {
                        continue;
                    }
                    let before = self.0.insert(key, total).unwrap_or(0);
                    metrics::counter!(name, labels).increment(total.saturating_sub(before));
                }
            }
        }
    }

    /// The next worker begins at nothing.
    pub(super) fn begin(&mut self) {
        self.0.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn totals_of_one_worker_after_another_add_up() {
        let (worker, here) = (Figures::default(), Figures::default());
        let mut added = Added::default();
        let count = |worker: &Figures, by: u64| {
            metrics::with_local_recorder(worker, || metrics::counter!("sent", "shard" => "1").increment(by));
        };
        let total = |added: &mut Added, figures: Vec<Figure>| {
            metrics::with_local_recorder(&here, || added.add(1, figures));
            here.all()[0].value
        };
        count(&worker, 5);
        assert_eq!(total(&mut added, worker.all()), Value::Total(5));
        count(&worker, 2);
        assert_eq!(total(&mut added, worker.all()), Value::Total(7));
        added.begin();
        let next = Figures::default();
        count(&next, 3);
        assert_eq!(total(&mut added, next.all()), Value::Total(10));
    }
}
