"""Spark 会话。Where the second engine runs: on the cluster whose master is named, or on a small one that is started for this run alone.

The small cluster has everything of its own in one folder (settings, workers' folders, scratch files), listens on the loopback only, and
is gone, processes and folder, when the block ends; when this process is killed, its processes end by themselves. PySpark is no
dependency of the platform but of its extra ``spark``.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Any, Final

from chengxin.kernel.refused import Refused

LOOPBACK: Final = "127.0.0.1"
#: How long a JVM may take to end after it was told to.
ENDING_SECONDS: Final = 30.0
#: Results must not depend on what a cluster's own settings say about time and whole numbers.
_MEANING: Final = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.ansi.enabled": "true",  # a sum that does not fit is an error
    "spark.sql.parquet.datetimeRebaseModeInRead": "CORRECTED",
    "spark.ui.showConsoleProgress": "false",
}
_LOG_SETTINGS: Final = """rootLogger.level = error
rootLogger.appenderRef.stderr.ref = stderr
appender.stderr.type = Console
appender.stderr.name = stderr
appender.stderr.target = SYSTEM_ERR
appender.stderr.layout.type = PatternLayout
appender.stderr.layout.pattern = %p %c{1}: %m%n%ex
logger.repl.name = org.apache.spark.api.python.PythonGatewayServer
logger.repl.level = error
"""


@contextmanager
def spark_session(master: str, scratch: Path) -> Iterator[Any]:
    """A session on the cluster ``master`` (``spark://…``, ``yarn``, ``k8s://…``) or, without a name, on a small one of this machine."""
    if not master:
        with local_cluster(scratch=scratch) as session:
            yield session
        return
    _demand_spark()
    with _started(master, {}, os.environ, None) as session:
        yield session


@contextmanager
def local_cluster(workers: int = 2, cores: int = 1, memory_mb: int = 1024, scratch: Path | None = None) -> Iterator[Any]:
    """A cluster of ``workers`` processes on this machine, each with so many cores and so much memory; a session on it."""
    packages = _demand_spark()
    with tempfile.TemporaryDirectory(prefix="spark-", dir=scratch, ignore_cleanup_errors=True) as place:
        home = _laid_out(Path(place), packages)
        settings = {
            "spark.driver.host": LOOPBACK,
            "spark.driver.bindAddress": LOOPBACK,
            "spark.driver.memory": f"{memory_mb}m",
            "spark.executor.memory": f"{memory_mb}m",
            "spark.ui.enabled": "false",
            "spark.local.dir": str(home / "scratch"),
            "spark.sql.warehouse.dir": str(home / "warehouse"),
            "spark.sql.shuffle.partitions": str(4 * workers * cores),
        }
        own = {"SPARK_HOME": str(home), "SPARK_CONF_DIR": str(home / "conf"), "SPARK_LOCAL_IP": LOOPBACK, "SPARK_LOCAL_HOSTNAME": LOOPBACK}
        master = f"local-cluster[{workers},{cores},{memory_mb}]"
        with (home / "driver.log").open("w") as log, _started(master, settings, {**os.environ, **own}, log) as session:
            yield session


@contextmanager
def _started(master: str, settings: Mapping[str, str], environment: Mapping[str, str], log: IO[str] | None) -> Iterator[Any]:
    """A session in a JVM of its own, started in this environment; the JVM ends with the block."""
    from pyspark import SparkConf, SparkContext
    from pyspark.sql import SparkSession

    conf = SparkConf(loadDefaults=False).setMaster(master).setAppName("chengxin").setAll([*_MEANING.items(), *settings.items()])
    gateway = _gateway(conf, environment, log)
    try:
        session = SparkSession(SparkContext(conf=conf, gateway=gateway))
        try:
            yield session
        finally:
            session.stop()
    finally:
        _end(gateway)
        SparkContext._gateway = SparkContext._jvm = None  # the next session starts a JVM of its own


def _gateway(conf: Any, environment: Mapping[str, str], log: IO[str] | None) -> Any:
    """A JVM that waits for what this process asks. Refused if it does not start."""
    from pyspark.errors import PySparkRuntimeError
    from pyspark.java_gateway import launch_gateway

    before = dict(os.environ)
    os.environ.update(environment)
    try:
        return launch_gateway(conf, {"stderr": log} if log is not None else None)  # type: ignore[no-untyped-call]
    except PySparkRuntimeError as error:
        sentence = "Spark 没有启动起来：Java 进程一开始就退出了。"
        raise Refused("spark-not-started", sentence, "核对 java -version 是 17 以上、内存够用，或者用 --engine duckdb。") from error
    finally:
        os.environ.clear()
        os.environ.update(before)


def _end(gateway: Any) -> None:
    """Let the JVM end, which takes its workers along."""
    gateway.shutdown()
    process: subprocess.Popen[bytes] = gateway.proc
    if process.stdin is not None:
        process.stdin.close()  # what a JVM for Python ends at
    try:
        process.wait(ENDING_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _laid_out(home: Path, packages: Path) -> Path:
    """A home as workers expect it: programs of the Python package, settings and folders of this run."""
    for name in ("bin", "jars"):
        (home / name).symlink_to(packages / name)
    (home / "conf").mkdir()
    (home / "conf" / "log4j2.properties").write_text(_LOG_SETTINGS, encoding="utf-8")
    return home


def _demand_spark() -> Path:
    """Where PySpark is installed. Refused where it or Java is missing."""
    found = find_spec("pyspark")
    if found is None or found.origin is None:
        raise Refused("spark-missing", "没有安装 PySpark。", "安装 chengxin[spark] 和 Java 17 运行环境，或者用 --engine duckdb。")
    java_home = os.environ.get("JAVA_HOME")
    if shutil.which("java", path=f"{java_home}/bin" if java_home else None) is None:
        raise Refused(
            "spark-no-java", "没有找到 Java，Spark 不能运行。", "安装 Java 17 运行环境（openjdk-17-jre-headless），或者用 --engine duckdb。"
        )
    return Path(found.origin).parent
