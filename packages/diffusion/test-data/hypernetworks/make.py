# Writes hypernetworks in A1111's form with PyTorch, and what PyTorch computes with them.
import json, os, torch
torch.manual_seed(7)
out=os.path.dirname(os.path.abspath(__file__))+'/'
acts={'linear':torch.nn.Identity,'relu':torch.nn.ReLU,'leakyrelu':torch.nn.LeakyReLU,'swish':torch.nn.Hardswish,'mish':torch.nn.Mish,'elu':torch.nn.ELU}
def module(dim,structure,act,norm,drop,active,last_drop):
    layers=[]
    n=len(structure)-1
    for i in range(n):
        layers.append(torch.nn.Linear(int(dim*structure[i]),int(dim*structure[i+1])))
        if act in (None,'linear') or (i>=n-1 and not active): pass
        else: layers.append(acts[act]())
        if norm: layers.append(torch.nn.LayerNorm(int(dim*structure[i+1])))
        if drop and (i<n-2 or last_drop and i<n-1): layers.append(torch.nn.Dropout(0.3))
    m=torch.nn.Module(); m.linear=torch.nn.Sequential(*layers)
    for p in m.parameters(): torch.nn.init.normal_(p,std=0.5)
    return m.eval()
cases=[
 dict(name='plain',structure=[1,2,1],act=None,norm=False,drop=False,active=True,last=False,old=False),
 dict(name='deep',structure=[1,1.5,2,1],act='leakyrelu',norm=True,drop=True,active=False,last=True,old=False),
 dict(name='swish',structure=[1,2,1],act='swish',norm=False,drop=False,active=True,last=False,old=False),
 dict(name='first',structure=[1,2,1],act=None,norm=False,drop=False,active=None,last=None,old=True),
]
facts=[]
for c in cases:
    sd={}
    for size in (4,6):
        pair=[module(size,c['structure'],c['act'],c['norm'],c['drop'],True if c['active'] is None else c['active'],c['last']) for _ in range(2)]
        x=torch.randn(3,size)
        with torch.no_grad(): ys=[x+0.7*m.linear(x) for m in pair]
        facts.append(dict(file=c['name'],size=size,strength=0.7,x=x.flatten().tolist(),keys=ys[0].flatten().tolist(),values=ys[1].flatten().tolist()))
        dicts=[m.state_dict() for m in pair]
        if c['old']: dicts=[{k.replace('linear.0.','linear1.').replace('linear.1.','linear2.'):v for k,v in d.items()} for d in dicts]
        sd[size]=tuple(dicts)
    if not c['old']:
        sd.update(step=5,name=c['name'],layer_structure=c['structure'],activation_func=c['act'],is_layer_norm=c['norm'],weight_initialization='Normal',use_dropout=c['drop'],sd_checkpoint='abc',sd_checkpoint_name='tiny',activate_output=c['active'],last_layer_dropout=c['last'])
    torch.save(sd,out+c['name']+'.pt')
json.dump(facts,open(out+'facts.json','w'))
