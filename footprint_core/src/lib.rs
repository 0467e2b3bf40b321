//! Event kernels of Footprint.
//!
//! The event log is ordered by (user, time) once ([`layout`]), kept in a memory-mapped Arrow file
//! ([`store`]) and then asked many times: every kernel is one parallel pass over the users.
//!
//! * [`layout`]: one `u64` per row, user offsets, and the way back to the source rows.
//! * [`encode`]: strings to integer codes.
//! * [`kernels`]: funnels, retention, active days.
//! * [`attribution`]: journeys, rules, Markov chains, Shapley values, bootstrap intervals.
//! * [`store`]: the file of a layout.
//! * `python`: the bindings, the only place that knows Python (feature `python`).
//!
//! Kernels see integer codes and microseconds only; no strings, files or Python below the bindings.

pub mod attribution;
pub mod encode;
pub mod error;
pub mod kernels;
pub mod layout;
#[cfg(feature = "python")]
mod python;
pub mod store;
pub mod task;
