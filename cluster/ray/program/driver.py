"""Has ranksweep's runs trained by a Ray cluster: a task for each run. Ray decides where a task
runs, and starts it again elsewhere if its node is lost."""

from ranksweep_ray import serve

if __name__ == "__main__":
    serve.main()
