//! Event kernels of Footprint.
//!
//! The event log is ordered by (user, time) once ([`layout`]), kept in a memory-mapped Arrow file
//! ([`store`]) and then asked many times: every kernel is one parallel pass over the users.
//!
//! * [`layout`]: one `u64` per row, user offsets, and the way back to the source rows.
//! * [`encode`]: strings to integer codes.
//! * [`kernels`]: funnels, retention, lifecycle, sessions, visits, presence, steps, routes, figures.
//! * [`attribution`]: journeys, rules, Markov chains, Shapley values, bootstrap intervals.
//! * [`partial`]: shards asked apart, states merged; they travel as Arrow.
//! * [`store`]: the file of a layout.
//! * `python`: the bindings, the only place that knows Python (feature `python`).
//!
//! Kernels see integer codes and microseconds only; no strings, files or Python below the bindings.

pub mod attribution;
pub mod encode;
pub mod error;
pub mod kernels;
pub mod layout;
pub mod partial;
#[cfg(feature = "python")]
mod python;
pub mod store;
pub mod task;
