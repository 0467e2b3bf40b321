//! Credit for conversions: journeys, and the models that share it out.
