"""What the domain is: values and rules, without clock, database or web."""
