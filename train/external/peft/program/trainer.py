"""Trains ranksweep's runs with transformers and PEFT. docs/trainers.md describes the
messages that this program reads and writes."""

from ranksweep_peft import serve

if __name__ == "__main__":
    serve.main()
