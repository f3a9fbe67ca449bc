"""What the elements of a drawing and their properties are called for people."""

from __future__ import annotations

KINDS = {
    "userTask": "任务",
    "manualTask": "任务",
    "task": "步骤",
    "serviceTask": "系统步骤",
    "scriptTask": "计算步骤",
    "businessRuleTask": "决策步骤",
    "sendTask": "发送步骤",
    "receiveTask": "接收步骤",
    "callActivity": "调用流程",
    "subProcess": "子流程",
    "transaction": "事务子流程",
    "startEvent": "开始事件",
    "endEvent": "结束事件",
    "intermediateCatchEvent": "等候事件",
    "intermediateThrowEvent": "发出事件",
    "boundaryEvent": "附着事件",
    "exclusiveGateway": "判断",
    "parallelGateway": "并行网关",
    "eventBasedGateway": "事件网关",
    "inclusiveGateway": "包容网关",
    "complexGateway": "复杂网关",
    "sequenceFlow": "连线",
    "process": "流程",
    "participant": "泳池",
    "lane": "岗位",
    "message": "消息",
    "signal": "信号",
    "error": "错误",
    "escalation": "升级",
    "dataObject": "数据对象",
    "dataStore": "数据存储",
    "messageFlow": "消息流",
    "textAnnotation": "注释",
}
_PROPERTIES = {
    "kind": "类型",
    "name": "名称",
    "lane": "岗位",
    "sourceRef": "起点",
    "targetRef": "终点",
    "attachedToRef": "所附步骤",
    "cancelActivity": "是否中断所附步骤",
    "default": "默认连线",
    "conditionExpression": "条件",
    "script": "脚本",
    "documentation": "说明",
    "text": "文字",
    "calledElement": "调用的流程",
    "processRef": "流程",
    "isExecutable": "是否可执行",
    "isSequential": "是否逐个办理",
    "timeDuration": "时限",
    "timeDate": "时刻",
    "timeCycle": "重复时间",
    "messageRef": "消息",
    "signalRef": "信号",
    "errorRef": "错误",
    "escalationRef": "升级",
    "loopCardinality": "次数",
    "loopDataInputRef": "清单",
    "loopDataOutputRef": "结果清单",
    "inputDataItem": "清单中的一项",
    "outputDataItem": "一项的结果",
    "completionCondition": "完成条件",
    "loopCondition": "循环条件",
    "instructionsForEndUser": "办理提示",
    "preScript": "办理前的脚本",
    "postScript": "办理后的脚本",
    "messageVariable": "消息存入的变量",
    "messagePayload": "消息内容",
    "calledDecisionId": "决策表",
    "serviceTaskOperator": "操作",
    "serviceTaskOperator@resultVariable": "结果变量",
    "timerEventDefinition": "定时",
    "messageEventDefinition": "消息",
    "signalEventDefinition": "信号",
    "errorEventDefinition": "错误",
    "escalationEventDefinition": "升级",
    "terminateEventDefinition": "终止",
    "multiInstanceLoopCharacteristics": "逐项办理",
    "standardLoopCharacteristics": "循环办理",
}
_OWN = {
    "form": "表单",
    "clause": "条款",
    "due": "办理期限",
    "assignee": "指定办理人",
    "role": "岗位",
    "worked_by": "实际办理岗位",
    "outcome": "结果",
    "correlation": "关联值",
    "title": "标题",
    "context": "提要",
}


def property_name(path: str) -> str:
    """What a property is called for people: the innermost word that is known."""
    path = path.partition("#")[0]
    last = path.rpartition("/")[2]
    kind, _, told = last.partition("@")[0].rstrip("]").partition("[")
    if told:
        return f"参数“{told}”" if kind == "parameter" else _OWN.get(told, f"“{told}”")
    for known in (path, last, last.rpartition("@")[2], last.partition("@")[0]):
        if known in _PROPERTIES:
            return _PROPERTIES[known]
    return f"“{path}”"
