"""The public interface for programs: released sums for everybody, without a token."""
