"""Pure rules of the exam: values in, values or a refusal out."""
